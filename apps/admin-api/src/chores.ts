import { deleteOldSignIns, type ServiceJwts, type Tx } from '@byok/identity';
import type { Clock } from '@byok/kernel';
import type { Database, Log } from '@byok/platform';
import { auditRefusals } from './audit/audit-refusals.js';

const AUDIT_EVERY_MS = 30_000;

/** Brings refused JWTs and denied calls into the audit, and forgets sign-ins that nobody came back from. Returns how to stop it. */
export function startChores({ db, clock, log, serviceJwts }: { db: Database; clock: Clock; log: Log; serviceJwts: ServiceJwts }): () => Promise<void> {
  const run = async (): Promise<void> => {
    try {
      await auditRefusals(db);
      await db.acrossOrgs().transaction((tx) => deleteOldSignIns(tx as Tx, new Date(clock.now())));
    } catch (error) {
      log.warn({ error }, 'what was refused could not be audited; tried again in half a minute');
    }
  };
  const timer = setInterval(() => void run(), AUDIT_EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    await serviceJwts.tally.flush();
    await run();
  };
}
