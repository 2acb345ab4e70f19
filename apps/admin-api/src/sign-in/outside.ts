import { jsonOver, makeDialer, makeOutsideFetch, type EgressExceptions, type OutsideFetch } from '@byok/platform';
import type { FetchJson } from '@byok/identity';

/** How admin-api reaches identity providers, and nothing else: over the dialer, with its address rules. */
export interface Outside {
  /** @throws AppError endpoint_not_allowed */
  check(url: string): void;
  fetch: OutsideFetch;
  json: FetchJson;
}

const CONNECT_TIMEOUT_MS = 5_000;
const LIMITS = { timeoutMs: 10_000, maxBytes: 256 * 1024 };

export function makeOutside(exceptions: EgressExceptions): Outside {
  const dialer = makeDialer({ exceptions, connectTimeoutMs: CONNECT_TIMEOUT_MS });
  const fetch = makeOutsideFetch(dialer, LIMITS);
  return { check: (url) => dialer.check(new URL(url), 'nobody'), fetch, json: jsonOver(fetch) };
}
