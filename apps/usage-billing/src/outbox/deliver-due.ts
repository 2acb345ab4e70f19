import { AppError, toAppError } from '@byok/kernel';
import type { Database, Log } from '@byok/platform';
import { alertText } from '../alerts/alert-text.js';
import { markFailed, markSent, takeDue, type Delivery } from '../store/outbox.store.js';
import { postTo, type PostDeps } from '../webhooks/post-to.js';
import type { Mailer } from './send-mail.js';

export interface DeliverDeps extends PostDeps {
  db: Database;
  log: Log;
  /** null: the operator has set no SMTP_URL. */
  mailer: Mailer | null;
}

const AT_ONCE = 16;
const PER_ORG = 4;
// Longer than any try may take: a delivery is never tried by two at once.
const LEASE_MS = 60_000;
/** After so long each; after the last one it is dead. About a day in all. */
const RETRY_AFTER_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000, 6 * 3_600_000, 12 * 3_600_000] as const;
// Trying again changes nothing about these.
const HOPELESS = new Set(['endpoint_not_allowed', 'integrity_failed', 'conflict']);

/**
 * Sends what is due and says how many that were. At least once each: after a crash in between, the same delivery goes out again under the
 * same id, by which its receiver can tell.
 */
export async function deliverDue(deps: DeliverDeps): Promise<number> {
  const due = await takeDue(deps.db, AT_ONCE, PER_ORG, LEASE_MS);
  await Promise.all(due.map((delivery) => deliver(deps, delivery)));
  return due.length;
}

async function deliver(deps: DeliverDeps, delivery: Delivery): Promise<void> {
  try {
    await send(deps, delivery);
  } catch (error) {
    const { code, message } = toAppError(error);
    const retryInMs = HOPELESS.has(code) ? null : (RETRY_AFTER_MS[delivery.attempts - 1] ?? null);
    deps.log.warn({ error, alert: delivery.alert.id, webhook: delivery.webhook?.id, attempts: delivery.attempts, retryInMs }, 'an alert was not delivered');
    return markFailed(deps.db, delivery.id, message, retryInMs);
  }
  return markSent(deps.db, delivery.id);
}

async function send(deps: DeliverDeps, { id, alert, webhook, mailTo }: Delivery): Promise<void> {
  const text = alertText(alert);
  if (webhook === null) throw new AppError('conflict', 'The webhook was deleted.');
  if (webhook) return postTo(deps, webhook, { id: `${alert.id}-${id}`, kind: alert.kind, text, facts: alert.facts, createdAt: alert.createdAt.toISOString() });
  if (!deps.mailer) throw new AppError('conflict', 'E-mail is not set up here (SMTP_URL).');
  if (mailTo.length === 0) throw new AppError('conflict', 'Nobody is to be told by e-mail any more.');
  return deps.mailer.send({ to: mailTo, subject: `[byok] ${text.slice(0, 150)}`, text: `${text}\n\nAlert ${alert.id}, ${alert.createdAt.toISOString()}\n`, id: `${alert.id}-${id}` });
}
