import { AppError } from '@byok/kernel';
import { rewriteBody, scanBody, type BodyScan, type CallEndpoint, type Provider } from '@byok/providers';

/** What a caller asks for, as far as the gateway has to know it. The rest of the body is the provider's business. */
export interface Wish {
  endpoint: CallEndpoint;
  model: string;
  stream: boolean;
  body: Buffer;
  scan: BodyScan;
}

const STREAMING: ReadonlySet<CallEndpoint> = new Set(['chat', 'completions', 'responses', 'messages']);

/**
 * Finds model and options in the body without parsing it.
 * @throws AppError malformed_json, too_deep, duplicate_field, invalid_request
 */
export function readWish(endpoint: CallEndpoint, body: Buffer): Wish {
  const scan = scanBody(body);
  if (scan.model === null || scan.model === '') throw new AppError('invalid_request', 'Say which model: the field "model" is missing.', { details: { param: 'model' } });
  return { endpoint, model: scan.model, stream: scan.stream && STREAMING.has(endpoint), body, scan };
}

/** Chat and plain completions tell the usage of a stream only to who asks for it; the other endpoints always do. */
export function mustAskForUsage(wish: Wish, provider: Provider): boolean {
  return wish.stream && (wish.endpoint === 'chat' || wish.endpoint === 'completions') && provider.usage.streamOptions === 'inject' && !wish.scan.includeUsage;
}

/** The caller's bytes with the provider's name for the model, and with usage asked for where the bill needs it. */
export function bodyFor(wish: Wish, provider: Provider, upstreamModel: string): Buffer {
  const asksForUsage = mustAskForUsage(wish, provider);
  if (upstreamModel === wish.model && !asksForUsage) return wish.body;
  return rewriteBody(wish.body, wish.scan, { model: upstreamModel, ...(asksForUsage ? { includeUsage: true } : {}) });
}
