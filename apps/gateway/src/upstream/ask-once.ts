import type { AppError } from '@byok/kernel';
import type { AuthoriseDeps } from './authorise.js';
import { Exchange, type UpstreamAnswer } from './http-client.js';
import { placeOf } from './place-of.js';

export interface OneRequest {
  method: 'GET' | 'POST';
  url: URL;
  body: string | null;
  /** Flat raw array. */
  headers: readonly string[];
  /** Whose endpoint it is: the operator may have moved that provider. */
  providerId: string;
  /** Connections of its own, so that neither calls wait for it nor it for calls. */
  bulkhead: string;
}

const LIMIT_MS = 15_000;

/** A request that belongs to no call, such as a probe. @throws AppError `tooLate` when there is no answer within 15 s */
export async function askOnce({ method, url, body, headers, providerId, bulkhead }: OneRequest, tooLate: () => AppError, deps: AuthoriseDeps): Promise<UpstreamAnswer> {
  const exchange = new Exchange(placeOf(url, providerId, bulkhead, deps), deps.limits, deps.clock);
  const timer = setTimeout(() => exchange.abort(tooLate()), LIMIT_MS);
  try {
    exchange.start(method, body, ['accept-encoding', 'identity', ...headers]);
    return await exchange.answer;
  } finally {
    clearTimeout(timer);
  }
}
