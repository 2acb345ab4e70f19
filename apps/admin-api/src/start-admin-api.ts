import { openProbeClient } from './clients/probe.client.js';
import { openBillingClient } from './clients/billing.client.js';
import { openOfficeClient } from './clients/office.client.js';
import { openVaultClient } from './clients/vault.client.js';
import { deleteEndedSessions, ensureFirstAdmin, ServiceJwts, sessionSigningKey, sessionVerifyKey } from '@byok/identity';
import { AppError } from '@byok/kernel';
import { createLog, keepCheckpoints, loadCertificates, openDatabase, StartRefused, systemClock, type Database, type Log, type RunningService } from '@byok/platform';
import { memoryLimiter } from './auth/limiters.js';
import { buildApp } from './build-app.js';
import { providerCatalogue } from './clients/catalogue.js';
import type { AdminConfig } from './config.js';
import type { AdminDeps } from './deps.js';
import { makeOutside } from './sign-in/outside.js';
import { startChores } from './chores.js';

const HOUR_MS = 3_600_000;
const KEEP_ENDED_SESSIONS_MS = 7 * 24 * HOUR_MS;

/** Opens everything, makes the first operator where there is none, and listens. */
export async function startAdminApi(config: AdminConfig): Promise<RunningService> {
  const log = createLog('admin-api', config.LOG_LEVEL);
  const opened = await openDeps(config, log);
  await makeFirstAdmin(opened.db.acrossOrgs(), config);
  const kept = await keepCheckpoints({ db: opened.db.acrossOrgs(), table: 'identity.audit', log }, config);
  const deps: AdminDeps = { ...opened, checkpoints: kept.checkpoints };
  const trustedProxies = (config.TRUSTED_PROXIES ?? '').split(',').map((each) => each.trim()).filter(Boolean);
  const app = await buildApp(deps, { trustedProxies, publicGatewayUrl: config.PUBLIC_GATEWAY_URL });
  await app.listen(config.PORT, config.HOST);
  const janitor = setInterval(() => void removeEndedSessions(deps), HOUR_MS).unref();
  const stopChores = startChores(deps);
  log.info({ host: config.HOST, port: config.PORT }, 'listening');
  return {
    stop: async () => {
      clearInterval(janitor);
      kept.stop();
      await app.close();
      await stopChores();
      for (const client of [deps.vault, deps.billing, deps.office, deps.probe]) client.close();
      await deps.db.close();
    },
  };
}

async function openDeps(config: AdminConfig, log: Log): Promise<AdminDeps> {
  const certificates = loadCertificates(config);
  const keys = sessionKeys(config.SESSION_SIGNING_KEY);
  const probe = openProbeClient(config.PROBE_ADDRESS, certificates);
  const outside = makeOutside(config.BYOK_EGRESS_ALLOW);
  const db = await openDatabase({ url: config.DATABASE_URL, applicationName: 'admin-api', log });
  return {
    ...{ log, db, clock: systemClock, probe, outside, ...keys },
    serviceJwts: new ServiceJwts({ db: db.acrossOrgs(), clock: systemClock, fetchJson: outside.json, place: 'admin-api' }),
    publicUrl: config.PUBLIC_ADMIN_URL,
    vault: openVaultClient(config.VAULT_ADDRESS, certificates),
    billing: openBillingClient(config.BILLING_ADDRESS, certificates),
    office: openOfficeClient(config.BILLING_ADDRESS, certificates),
    catalogue: providerCatalogue({ probe, clock: systemClock }),
    loginLimiter: memoryLimiter({ points: 5, seconds: 15 * 60, what: 'sign-in attempts' }),
    placeLimiter: memoryLimiter({ points: 50, seconds: 15 * 60, what: 'sign-in attempts from your address' }),
    signInLimiter: memoryLimiter({ points: 100, seconds: 15 * 60, what: 'sign-ins from your address' }),
    probeLimiter: memoryLimiter({ points: 10, seconds: 60 * 60, what: 'failed key tests' }),
    secretScanningSecrets: config.SECRET_SCANNING_SECRETS,
    webhookLimiter: memoryLimiter({ points: 30, seconds: 60 * 60, what: 'webhook tests' }),
  };
}

function sessionKeys(pem: string): Pick<AdminDeps, 'sessionSigningKey' | 'sessionVerifyKey'> {
  try {
    return { sessionSigningKey: sessionSigningKey(pem), sessionVerifyKey: sessionVerifyKey(pem) };
  } catch {
    throw new StartRefused('SESSION_SIGNING_KEY is not an Ed25519 private key in PEM.');
  }
}

async function makeFirstAdmin(db: Database, { BYOK_ADMIN_EMAIL: email, BYOK_ADMIN_PASSWORD: password }: AdminConfig): Promise<void> {
  if (email === undefined && password === undefined) return;
  if (email === undefined || password === undefined) throw new StartRefused('Set BYOK_ADMIN_EMAIL and BYOK_ADMIN_PASSWORD together, or neither.');
  try {
    await ensureFirstAdmin(db, { email, password });
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_request') throw new StartRefused(`BYOK_ADMIN_EMAIL or BYOK_ADMIN_PASSWORD cannot be used: ${error.message}`);
    throw error;
  }
}

async function removeEndedSessions({ db, clock, log }: AdminDeps): Promise<void> {
  try {
    await db.acrossOrgs().transaction((tx) => deleteEndedSessions(tx as never, new Date(clock.now() - KEEP_ENDED_SESSIONS_MS)));
  } catch (error) {
    log.warn({ error }, 'ended sessions could not be removed; tried again in an hour');
  }
}
