import type { Health } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { AdminDeps } from '../deps.js';

type Part = Health['database'];
export type HealthDeps = Pick<AdminDeps, 'db' | 'vault' | 'billing' | 'probe' | 'clock'>;

const LIMIT_MS = 2_000;
const FRESH_MS = 1_000;
const UNAVAILABLE = new Set(['service_unavailable', 'internal']);

/** Asks each neighbour something small. The answer is kept for a second: anybody may ask this. */
export function healthCheck(deps: HealthDeps): () => Promise<Health> {
  let last: { at: number; health: Promise<Health> } | undefined;
  return () => {
    if (!last || deps.clock.now() - last.at > FRESH_MS) last = { at: deps.clock.now(), health: check(deps) };
    return last.health;
  };
}

async function check(deps: HealthDeps): Promise<Health> {
  const [database, vault, billing, gateway] = await Promise.all([
    isUp(deps.db.ping()),
    // A vault that answers but cannot use its KEK opens nothing that is not in its memory.
    isUp(deps.vault.readiness({}).then(({ ready }) => (ready ? undefined : Promise.reject(new AppError('service_unavailable', 'The vault is not ready.'))))),
    isUp(deps.billing.getUsage({ orgId: 'health', from: EPOCH, to: EPOCH_AFTER, groupBy: ['org'], filters: {}, after: '', limit: 1 })),
    isUp(deps.probe.listProviders({})),
  ]);
  const isDegraded = [vault, billing, gateway].includes('down');
  return { status: database === 'down' ? 'down' : isDegraded ? 'degraded' : 'ok', database, vault, billing, gateway };
}

const EPOCH = '1970-01-01T00:00:00.000Z';
const EPOCH_AFTER = '1970-01-01T00:00:01.000Z';

async function isUp(question: Promise<unknown>): Promise<Part> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Part>((resolve) => (timer = setTimeout(() => resolve('down'), LIMIT_MS)));
  const answered = question.then(
    () => 'ok' as const,
    (error: unknown) => (error instanceof AppError && !UNAVAILABLE.has(error.code) ? 'ok' : 'down'),
  );
  return Promise.race([answered, tooLate]).finally(() => clearTimeout(timer));
}
