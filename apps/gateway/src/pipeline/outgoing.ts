import { capGenerate, maxOutputField, rewriteBody, translate, type Provider, type Translation } from '@byok/providers';
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
 * The caller's bytes where the provider speaks their dialect, and a translation where not. `maxOutputTokens` caps an answer which the
 * caller left open, and for which money is reserved; 0 leaves it open.
 * @throws AppError param_not_supported, invalid_request, dialect_not_supported
 */
export function outgoing(wish: Wish, attempt: Attempt, maxOutputTokens: number, requestId: string, clock: Clock): Outgoing {
  if (attempt.endpoint === wish.endpoint) return { body: bodyFor(wish, attempt.provider, attempt.upstreamModel, maxOutputTokens), translation: null };
  const translation = translate({
    body: wish.body,
    from: wish.endpoint,
    to: attempt.endpoint,
    provider: attempt.provider,
    model: attempt.upstreamModel,
    stream: wish.stream,
    maxOutputTokens: maxOutputTokens || undefined,
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
function bodyFor(wish: Wish, provider: Provider, upstreamModel: string, maxOutputTokens: number): Buffer {
  if (wish.isModelInPath) return maxOutputTokens > 0 ? capGenerate(wish.body, maxOutputTokens) : wish.body;
  const asksForUsage = mustAskForUsage(wish, provider);
  const field = maxOutputTokens > 0 ? maxOutputField(provider, wish.endpoint, upstreamModel) : null;
  if (upstreamModel === wish.model && !asksForUsage && field === null) return wish.body;
  return rewriteBody(wish.body, wish.scan, { model: upstreamModel, ...(asksForUsage ? { includeUsage: true } : {}), ...(field === null ? {} : { maxOutput: { field, tokens: maxOutputTokens } }) });
}
