import type { IncomingHttpHeaders } from 'node:http';
import { onceFor } from '@byok/kernel';
import type { Provider } from '@byok/providers';

/** The names of the headers in which a provider tells one limit. */
export interface LimitNames {
  limit: string | undefined;
  remaining: string;
  reset: string | undefined;
}

export interface ToldLimits {
  requests: LimitNames | undefined;
  tokens: LimitNames | undefined;
}

/** Where a provider tells what is left of a key's limits; null where it does not. */
export const toldLimitsOf = onceFor((provider: Provider): ToldLimits | null => {
  const requests = namesOf(provider, (name) => !name.includes('token'));
  const tokens = namesOf(provider, (name) => name.includes('token'));
  return requests || tokens ? { requests, tokens } : null;
});

/** The shortest name is the plain one: `tokens` and not `input-tokens`. */
function namesOf({ rateLimitHeaders }: Provider, isKind: (name: string) => boolean): LimitNames | undefined {
  const shortest = (what: RegExp): string | undefined => rateLimitHeaders.filter((name) => isKind(name) && what.test(name)).sort((left, right) => left.length - right.length)[0];
  const remaining = shortest(/remaining/);
  if (remaining === undefined) return undefined;
  const kind = remaining.replace('remaining', '');
  const sibling = (what: string): string | undefined => rateLimitHeaders.find((name) => name === remaining.replace('remaining', what) || (name.includes(what) && name.replace(what, '') === kind));
  return { remaining, limit: sibling('limit'), reset: sibling('reset') };
}

/** A number in a header; NaN where there is none. */
export function numberIn(headers: IncomingHttpHeaders, name: string | undefined): number {
  const text = name === undefined ? undefined : headers[name];
  return typeof text === 'string' && text.length > 0 && text.length < 20 ? Number(text) : Number.NaN;
}

const EPOCH_SECONDS = 1_000_000_000;
const EPOCH_MS = 1_000_000_000_000;
const UNITS_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How long until a limit is whole again: `6m0s`, `20ms`, a date, seconds, or a moment in seconds or milliseconds. NaN where it is none of these. */
export function resetMs(headers: IncomingHttpHeaders, name: string | undefined, now: number): number {
  const text = name === undefined ? undefined : headers[name];
  if (typeof text !== 'string' || text.length === 0 || text.length > 40) return Number.NaN;
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return Math.max(0, Date.parse(text) - now);
  if (/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|[smhd]))+$/.test(text)) {
    let sum = 0;
    for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) sum += Number(amount) * UNITS_MS[unit!]!;
    return sum;
  }
  const value = Number(text);
  if (value >= EPOCH_MS) return Math.max(0, value - now);
  return value >= EPOCH_SECONDS ? Math.max(0, value * 1_000 - now) : value * 1_000;
}
