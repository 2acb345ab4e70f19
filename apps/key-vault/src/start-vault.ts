import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Random } from '@byok/envelope';
import { keepCheckpoints, loadCertificates, EVERY_ORG, openDatabase, serveGrpc, systemClock } from '@byok/platform';
import type { Log, RunningService } from '@byok/platform';

import { flushOpens } from './audit/open-tally.js';
import { checkKek } from './boot/check-kek.js';
import { watchKeks } from './boot/watch-keks.js';
import { openDekRing } from './deks/dek-ring.js';
import { watchSealed } from './encryption/watch-sealed.js';
import { chooseKms } from './kms/choose-kms.js';
import { findLostKeys } from './rotation/find-lost-keys.js';
import { startRotationEngine } from './rotation/rotation-engine.js';
import type { RotationRules } from './rotation/rotation-rules.js';
import { applyTombstones } from './rotation/shred-org.js';
import { findOrgKek } from './store/org-kek.store.js';
import { dropExpiredFormers } from './store/candidates.store.js';
import { findRolledBack } from './store/version-log.store.js';
import type { VaultDeps } from './vault-deps.js';
import type { VaultConfig } from './vault.config.js';
import { VaultController } from './vault.controller.js';
import { VaultModule } from './vault.module.js';

const FLUSH_EVERY_MS = 30_000;
const INSPECT_EVERY_MS = 24 * 60 * 60_000;

/** The key vault, listening. It refuses to start without the KEK that its data was sealed under. */
export async function startVault(config: VaultConfig, log: Log): Promise<RunningService> {
  const random: Random = { bytes: (length) => randomBytes(length) };
  const { BYOK_DEPLOYMENT_ID: deploymentId } = config;
  const certificates = loadCertificates(config);
  // Who is behind a credential's id is a question to all orgs; once it is answered, a request is narrowed to one.
  const db = await openDatabase({ url: config.DATABASE_URL, applicationName: 'key-vault', log, scope: EVERY_ORG });
  try {
    const kms = chooseKms(config, { random, clock: systemClock, ownKekUri: async (orgId) => (await findOrgKek(db, orgId)).kekUri ?? undefined });
    await checkKek({ db, kms, random, deploymentId });
    const kept = await keepCheckpoints({ db: db.acrossOrgs(), table: 'vault.audit', log }, config);
    const keks = watchKeks({ db: db.acrossOrgs(), kms, random, deploymentId, log });
    const deps: VaultDeps = { db, random, log, deploymentId, kms, keks, clock: systemClock, rules: rulesOf(config), revalidateAfterMs: config.BYOK_REVALIDATE_AFTER_HOURS * 3_600_000, deks: openDekRing({ db, kms, random, clock: systemClock, deploymentId }), checkpoints: kept.checkpoints };
    await applyTombstones(deps);
    const server = await serveGrpc({
      module: VaultModule.with(deps),
      controller: VaultController,
      protocol: 'key_vault',
      host: config.GRPC_HOST,
      port: config.GRPC_PORT,
      portVariable: 'GRPC_PORT',
      certificates,
      log,
    });
    const stopChores = startChores(deps);
    const stopWatch = await watchSealed(deps, config.DATABASE_URL);
    const stopRotations = await startRotationEngine({ ...deps, replicaId: `${hostname()}:${config.GRPC_PORT}` });
    log.info({ port: config.GRPC_PORT, kek: kms.active.uri }, 'listening');
    return {
      stop: async () => {
        stopChores();
        keks.stop();
        await stopWatch();
        kept.stop();
        await server.close();
        await stopRotations();
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

function rulesOf(config: VaultConfig): RotationRules {
  return { resealsPerSecond: config.BYOK_RESEALS_PER_SECOND, backupDays: config.BYOK_BACKUP_DAYS, shredGraceDays: config.BYOK_SHRED_GRACE_DAYS, tombstoneFile: config.BYOK_SHRED_TOMBSTONES };
}

/** Brings counted opens into the audit chain, deletes former versions whose time is over, and looks for keys that were rolled back behind our back, or whose data key is lost: at start and once a day. */
function startChores(deps: VaultDeps): () => void {
  const { db, log } = deps;
  const inspect = async (): Promise<void> => {
    for (const key of await findRolledBack(db)) log.error({ orgId: key.orgId, keyId: key.keyId }, 'a key is not at its newest version: its row was rolled back or changed');
  };
  const run = (chore: () => Promise<unknown>): void => void chore().catch((error: unknown) => log.warn({ error }, 'a chore failed and will be tried again'));
  const inspectDeks = (): Promise<void> => findLostKeys(deps, (milliseconds) => sleep(milliseconds, undefined, { ref: false }));
  const inspectAll = (): void => [inspect, inspectDeks].forEach(run);
  inspectAll();
  const timers = [setInterval(() => run(() => flushOpens(db)), FLUSH_EVERY_MS), setInterval(() => run(() => dropExpiredFormers(db)), FLUSH_EVERY_MS), setInterval(inspectAll, INSPECT_EVERY_MS)];
  return () => timers.forEach((timer) => clearInterval(timer));
}
