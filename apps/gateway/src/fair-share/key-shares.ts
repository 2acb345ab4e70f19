import { AppError, type Clock } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';
import { estimatedTokens } from '../estimated-tokens.js';
import { KeyShare, type Wanted } from './key-share.js';
import { toldLimitsOf } from './told-limits.js';

const MOST_KEYS = 10_000;
/** A call's share is about the same whatever it says, until it says very much. */
const TOKENS_PER_SHARE = 1_000;
const LARGEST_SHARE = 100;

/** The keys that several people share and whose provider tells what is left of their limits. */
export class KeyShares {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, KeyShare>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined for a key of one user, and where the provider tells no limits: then there is nothing to share out. */
  of({ keyId, owner, provider }: Attempt): KeyShare | undefined {
    if (owner.type === 'user') return undefined;
    return this.#byKey.get(keyId) ?? this.#begin(keyId, provider);
  }

  /** Calls that wait for their turn. */
  get waiting(): number {
    let waiting = 0;
    for (const share of this.#byKey.values()) waiting += share.waiting;
    return waiting;
  }

  /** The key was changed: its limits are others now. */
  forget(keyId: string): void {
    if (this.#byKey.get(keyId)?.isIdle) this.#byKey.delete(keyId);
  }

  close(): void {
    for (const share of this.#byKey.values()) share.close(new AppError('draining', 'The gateway is being stopped. Send the call again.'));
  }

  #begin(keyId: string, provider: Attempt['provider']): KeyShare | undefined {
    const told = toldLimitsOf(provider);
    if (!told) return undefined;
    if (this.#byKey.size >= MOST_KEYS) this.#dropIdle();
    const share = new KeyShare(told, this.#clock);
    this.#byKey.set(keyId, share);
    return share;
  }

  #dropIdle(): void {
    for (const [keyId, share] of this.#byKey) if (share.isIdle) this.#byKey.delete(keyId);
  }
}

/** What a call takes of a key's limits. The platform's keys are shared out among organisations, everybody else's among people. */
export function wantedBy(principal: Principal, { owner }: Attempt, requestBytes: number): Wanted {
  const tokens = estimatedTokens(requestBytes);
  return {
    member: owner.type === 'platform' ? principal.orgId : (principal.userId ?? principal.tokenId ?? principal.orgId),
    weight: weightOf(principal),
    cost: Math.min(1 + tokens / TOKENS_PER_SHARE, LARGEST_SHARE),
    tokens,
  };
}

/** People may make tokens for themselves, so a token never weighs more than its user. */
function weightOf({ userId, settings }: Principal): number {
  if (userId === null) return settings.token.shareWeight ?? 1;
  return Math.min(settings.user.shareWeight ?? 1, settings.token.shareWeight ?? Number.POSITIVE_INFINITY);
}
