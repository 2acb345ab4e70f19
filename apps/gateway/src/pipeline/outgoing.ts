import { rewriteBody, translate, type Provider, type Translation } from '@byok/providers';
import type { Clock } from '@byok/kernel';
import type { Attempt } from '@byok/routing';
import type { Wish } from './read-wish.js';

/** A call as one attempt's provider gets it. */
export interface Outgoing {
  body: Buffer;
  /** null where the provider speaks the caller's dialect: then bytes pass in both directions. */
  translation: Translation | null;
}

/**
 * The caller's bytes where the provider speaks their dialect, and a translation where not.
 * @throws AppError param_not_supported, invalid_request, dialect_not_supported
 */
export function outgoing(wish: Wish, attempt: Attempt, requestId: string, clock: Clock): Outgoing {
  if (attempt.endpoint === wish.endpoint) return { body: bodyFor(wish, attempt.provider, attempt.upstreamModel), translation: null };
  const translation = translate({
    body: wish.body,
    from: wish.endpoint,
    to: attempt.endpoint,
    provider: attempt.provider,
    model: attempt.upstreamModel,
    stream: wish.stream,
    requestId,
    now: clock.now(),
  });
  return { body: translation.body, translation };
}

/** Chat and plain completions tell the usage of a stream only to who asks for it; the other endpoints always do. */
export function mustAskForUsage(wish: Wish, provider: Provider): boolean {
  return wish.stream && (wish.endpoint === 'chat' || wish.endpoint === 'completions') && provider.usage.streamOptions === 'inject' && !wish.scan.includeUsage;
}

/** The caller's bytes with the provider's name for the model, and with usage asked for where the bill needs it. */
function bodyFor(wish: Wish, provider: Provider, upstreamModel: string): Buffer {
  const asksForUsage = mustAskForUsage(wish, provider);
  if (wish.isModelInPath || (upstreamModel === wish.model && !asksForUsage)) return wish.body;
  return rewriteBody(wish.body, wish.scan, { model: upstreamModel, ...(asksForUsage ? { includeUsage: true } : {}) });
}
