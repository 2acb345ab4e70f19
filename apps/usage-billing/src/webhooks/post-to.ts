import { AppError, type Clock } from '@byok/kernel';
import type { Dialer } from '@byok/platform';
import { Client } from 'undici';
import type { Target } from '../store/outbox.store.js';
import { secretsOf } from './create-webhook.js';
import { signatureHeaders, type WebhookSecrets } from './webhook-secrets.js';

/** What is told to the outside. */
export interface Note {
  id: string;
  kind: string;
  text: string;
  facts: Readonly<Record<string, string | number>>;
  createdAt: string;
}

export interface PostDeps {
  dialer: Dialer;
  secrets: WebhookSecrets | null;
  clock: Clock;
}

const TIME_LIMIT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const CONNECTION = { allowH2: false, pipelining: 1, maxHeaderSize: 16 * 1024, headersTimeout: TIME_LIMIT_MS, bodyTimeout: TIME_LIMIT_MS, maxResponseSize: MAX_ANSWER_BYTES };

/**
 * Posts a note to a webhook, over a connection that the dialer makes: no inside address, whatever the name resolves to by now. A
 * redirect is a failure and is not followed; what is answered is not read beyond its status.
 * @throws AppError with what went wrong, in words that repeat neither the address nor the answer
 */
export async function postTo(deps: PostDeps, webhook: Target, note: Note): Promise<void> {
  const secrets = secretsOf(deps);
  const url = new URL(secrets.open(webhook.id, webhook.sealedUrl));
  deps.dialer.check(url, 'nobody');
  const body = webhook.format === 'slack' ? JSON.stringify({ text: note.text }) : JSON.stringify({ ...note, orgId: webhook.orgId });
  const signature = webhook.format === 'slack' ? {} : signatureHeaders(secrets.signingSecretOf(webhook.id), Math.floor(deps.clock.now() / 1_000), body);
  const headers = { 'content-type': 'application/json', 'user-agent': 'byok-webhook/1', 'x-byok-delivery': note.id, 'x-byok-event': note.kind, ...signature };
  const client = new Client(url.origin, { ...CONNECTION, connect: deps.dialer.connectorFor(url, 'nobody') });
  try {
    const answer = await client.request({ method: 'POST', path: `${url.pathname}${url.search}`, headers, body, signal: AbortSignal.timeout(TIME_LIMIT_MS) });
    if (answer.statusCode < 200 || answer.statusCode > 299) throw new AppError('upstream_error', `The receiver answered ${answer.statusCode}.`);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('upstream_unreachable', 'The receiver could not be reached, or did not answer in time.', { cause: error });
  } finally {
    await client.destroy();
  }
}
