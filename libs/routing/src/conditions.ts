import type { ErrorCode } from '@byok/kernel';
import type { PriceBook } from '@byok/pricing';
import { findProvider } from '@byok/providers';
import type { UsableKey } from './plan.js';

/** Left alone until then, because of this error. */
export interface CoolDown {
  until: number;
  code: ErrorCode;
  /** True where nobody at the provider or its endpoint said until when: then it may be tried all the same, when nothing else is left. */
  isGuess?: boolean;
}

/** How a model did at a provider lately; both figures are moving averages. */
export interface Performance {
  /** To the first byte of an answer. */
  latencyMs: number;
  /** 0 to 1, of the attempts that were the provider's to answer. */
  successRate: number;
  samples: number;
}

/** What is known at the moment of planning, as plain data. Whatever is not in it is unknown and changes nothing. */
export interface Conditions {
  /** Milliseconds since 1970. A cool-down that ended before is over, whether or not it is still listed. */
  now: number;
  /** By key id, then by the provider's name of the model, or `EVERY_MODEL`. */
  cooling: ReadonlyMap<string, ReadonlyMap<string, CoolDown>>;
  /** Breakers that let nothing through, by `endpointOf` a key. */
  openEndpoints: ReadonlyMap<string, CoolDown>;
  /** By `performanceName`. */
  performance: ReadonlyMap<string, Performance>;
  /** null: not told yet. */
  prices: PriceBook | null;
}

/** In `Conditions.cooling`: the key as a whole. */
export const EVERY_MODEL = '*';

export const NOTHING_KNOWN: Conditions = { now: 0, cooling: new Map(), openEndpoints: new Map(), performance: new Map(), prices: null };

export function performanceName(providerId: string, upstreamModel: string): string {
  return `${providerId}/${upstreamModel}`;
}

/**
 * What a breaker is for: a provider's host as everybody reaches it, or one that an owner named, which is theirs alone. One tenant's dead
 * endpoint never speaks against another's, even where both name the same.
 */
export function endpointOf({ provider: id, owner, config }: Pick<UsableKey, 'provider' | 'owner' | 'config'>): string {
  const baseUrl = findProvider(id)?.baseUrl;
  if (baseUrl === undefined) return `${id} ${owner.id}`;
  if (typeof baseUrl !== 'string') return `${id} ${baseUrl.by.map((field) => config[field] ?? '').join('/')}`;
  return baseUrl.includes('{') ? `${id} ${owner.id} ${baseUrl.replace(/\{(\w+)\}/g, (_, field: string) => config[field] ?? '')}` : id;
}

/** Why a key is left alone for a model at the moment; null where nothing speaks against it. */
export function coolDownOf(key: UsableKey, upstreamModel: string, conditions: Conditions): CoolDown | null {
  const ofKey = conditions.cooling.size > 0 ? conditions.cooling.get(key.id) : undefined;
  const cooling = running(ofKey?.get(upstreamModel), conditions) ?? running(ofKey?.get(EVERY_MODEL), conditions);
  if (cooling) return cooling;
  return conditions.openEndpoints.size > 0 ? running(conditions.openEndpoints.get(endpointOf(key)), conditions) : null;
}

function running(coolDown: CoolDown | undefined, { now }: Conditions): CoolDown | null {
  return coolDown && coolDown.until > now ? coolDown : null;
}
