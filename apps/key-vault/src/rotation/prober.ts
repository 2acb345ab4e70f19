import type { OpenedKeyMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';

import { anOpenRequest } from '../spec/vault-world.js';
import type { WireActor } from '../spec/vault-world.js';
import type { KeptKey } from './rotation-world.js';

export interface ProbeReport {
  opens: number;
  /** What went wrong, one line each. */
  failures: string[];
  /** Opens whose connection was lost once or more before they were answered. */
  retried: number;
}

const EVERY_MS = 100;
const PATIENCE_MS = 15_000;

/**
 * Opens ten keys a second, as the gateway does, until it is stopped. A failure is an open that is answered by any error at all, or by another
 * secret than the one that was stored, or that has no answer within 15 s. A lost connection is no answer: it is asked again, as often as
 * needed in that time, for the vault that it was lost to may just be the one that was killed.
 */
export function startProber(vault: { openKey(request: unknown): Promise<OpenedKeyMessage> }, actor: WireActor, kept: readonly KeptKey[]): { stop(): Promise<ProbeReport> } {
  const report: ProbeReport = { opens: 0, failures: [], retried: 0 };
  const underway = new Set<Promise<void>>();
  const probe = async ({ key, secret }: KeptKey): Promise<void> => {
    const opened = await openPatiently(vault, actor, key, report);
    if (typeof opened === 'string') report.failures.push(`${key.id}: ${opened}`);
    else if (opened.secret !== secret) report.failures.push(`${key.id}: another secret`);
  };
  const timer = setInterval(() => {
    const started = probe(kept[(report.opens * 7) % kept.length]!).finally(() => underway.delete(started));
    underway.add(started);
    report.opens += 1;
  }, EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underway);
      return report;
    },
  };
}

async function openPatiently(vault: { openKey(request: unknown): Promise<OpenedKeyMessage> }, actor: WireActor, key: KeptKey['key'], report: ProbeReport): Promise<OpenedKeyMessage | string> {
  const until = Date.now() + PATIENCE_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await vault.openKey(anOpenRequest(actor, key));
    } catch (error) {
      if (!isLostConnection(error) || Date.now() > until) return error instanceof AppError ? `${error.code}: ${error.message}` : String(error);
      if (attempt === 1) report.retried += 1;
      await new Promise((resume) => setTimeout(resume, EVERY_MS));
    }
  }
}

/** The words of the client itself. `service_unavailable` that a vault answered (a database that is away, say) is an answer, and a failure. */
function isLostConnection(error: unknown): boolean {
  return error instanceof AppError && error.code === 'service_unavailable' && error.message.includes('The key-vault service cannot be reached');
}
