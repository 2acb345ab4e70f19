import { randomBytes } from 'node:crypto';

import type { Random } from '@byok/envelope';
import { CallerGuard, GrpcErrorFilter, StartRefused, assertCallersDeclared, grpcServerOptions, loadCertificates, openDatabase, systemClock } from '@byok/platform';
import type { Database, Log, RunningService } from '@byok/platform';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';

import { flushOpens } from './audit/open-tally.js';
import { checkKek } from './boot/check-kek.js';
import { openDekRing } from './deks/dek-ring.js';
import { chooseKms } from './kms/choose-kms.js';
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
  const kms = chooseKms(config, random);
  const certificates = loadCertificates(config);
  const db = await openDatabase({ url: config.DATABASE_URL, applicationName: 'key-vault', log });
  try {
    await checkKek({ db, kms, random, deploymentId });
    const deps: VaultDeps = { db, random, log, deploymentId, clock: systemClock, deks: openDekRing({ db, kms, random, deploymentId }) };
    const server = await listen(deps, grpcServerOptions({ protocol: 'key_vault', host: config.GRPC_HOST, port: config.GRPC_PORT, certificates }));
    const stopChores = startChores(db, log);
    log.info({ port: config.GRPC_PORT, kek: kms.uri }, 'listening');
    return {
      stop: async () => {
        stopChores();
        await server.close();
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function listen(deps: VaultDeps, options: MicroserviceOptions): Promise<INestMicroservice> {
  assertCallersDeclared(VaultController);
  // grpc-js writes to standard error by itself; what matters comes to us as an error.
  setLogVerbosity(logVerbosity.NONE);
  const server = await NestFactory.createMicroservice<MicroserviceOptions>(VaultModule.with(deps), { ...options, logger: false, abortOnError: false });
  server.useGlobalGuards(new CallerGuard());
  server.useGlobalFilters(new GrpcErrorFilter(deps.log));
  await server.listen().catch((error: unknown) => Promise.reject(explainTakenPort(error)));
  return server;
}

/** grpc-js hides the code of a failed bind in its message. */
function explainTakenPort(error: unknown): unknown {
  const port = error instanceof Error && error.message.includes('EADDRINUSE') ? /:(\d+)\b/.exec(error.message)?.[1] : undefined;
  return port ? new StartRefused(`Port ${port} (GRPC_PORT) is taken by another program. Stop it or choose another port.`) : error;
}

/** Brings counted opens into the audit chain, and looks for keys that were rolled back behind our back: at start and once a day. */
function startChores(db: Database, log: Log): () => void {
  const inspect = async (): Promise<void> => {
    for (const key of await findRolledBack(db)) log.error({ orgId: key.orgId, keyId: key.keyId }, 'a key is not at its newest version: its row was rolled back or changed');
  };
  const run = (chore: () => Promise<void>): void => void chore().catch((error: unknown) => log.warn({ error }, 'a chore failed and will be tried again'));
  run(inspect);
  const timers = [setInterval(() => run(() => flushOpens(db)), FLUSH_EVERY_MS), setInterval(() => run(inspect), INSPECT_EVERY_MS)];
  return () => timers.forEach((timer) => clearInterval(timer));
}
