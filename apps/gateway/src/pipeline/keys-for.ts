import type { UsableKeyMessage, VaultForGateway } from '@byok/contracts';
import { OWNERS, type OwnerType } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import type { Candidate, UsableKey } from '@byok/routing';
import { actorOf } from '../clients/vault.js';
import { FreshCache, type FreshCacheOptions } from './fresh-cache.js';

/** What a principal may use, metadata only. The object is the same for as long as nothing was loaded anew. */
export interface KeyRing {
  readonly orgId: string;
  readonly keys: readonly UsableKey[];
  /** Of those keys that have a new secret on trial, by key id. */
  readonly candidates: ReadonlyMap<string, Candidate>;
  /** When the first of them ends, or a grant by which one of them is in it; undefined: none does. */
  readonly endsAt?: number | undefined;
}

export interface KeysFor {
  (principal: Principal): KeyRing | Promise<KeyRing>;
  /** Asks the vault now, whatever is remembered. */
  anew(principal: Principal): Promise<KeyRing>;
  readonly rings: FreshCache<Principal, KeyRing>;
}

const MAX_RINGS = 50_000;

/** Hears of every list that was loaded anew. */
type Listed = (keys: readonly UsableKey[], principal: Principal) => void;

/** Which keys a principal may use: theirs, their groups', their org's, the platform's. */
export function makeKeysFor(deps: { vault: VaultForGateway; listed?: Listed } & Pick<FreshCacheOptions<Principal, KeyRing>, 'freshMs' | 'staleMs' | 'clock' | 'changes'>): KeysFor {
  const rings = new FreshCache<Principal, KeyRing>({ ...deps, max: MAX_RINGS, load: (principal) => listKeys(deps.vault, principal, deps.listed), orgOf: (ring) => ring.orgId, endOf: (ring) => ring.endsAt });
  const keysFor = (principal: Principal): KeyRing | Promise<KeyRing> => rings.get(ringId(principal), principal);
  const anew = async (principal: Principal): Promise<KeyRing> => {
    rings.drop(ringId(principal));
    return rings.get(ringId(principal), principal);
  };
  return Object.assign(keysFor, { anew, rings });
}

/** A key as it was listed, unless it is not in use. */
export function activeKey({ keys }: KeyRing, keyId: string): UsableKey | undefined {
  return keys.find((key) => key.id === keyId && key.status === 'active');
}

function ringId(principal: Principal): string {
  return principal.tokenId ?? principal.sessionId ?? '';
}

async function listKeys(vault: VaultForGateway, principal: Principal, listed: Listed | undefined): Promise<KeyRing> {
  const { items } = await vault.usableKeys({ actor: actorOf(principal) });
  const keys = items.filter(hasKnownOwner);
  listed?.(keys, principal);
  return { orgId: principal.orgId, keys, candidates: new Map(keys.flatMap(({ id, candidate }) => (candidate ? [[id, candidate]] : []))), endsAt: endOf(keys) };
}

function endOf(keys: readonly UsableKeyMessage[]): number | undefined {
  const ends = keys.flatMap(({ usableUntil, expiresAt, status }) => [usableUntil, status === 'active' ? expiresAt : '']).flatMap((end) => (end ? [Date.parse(end)] : []));
  return ends.length > 0 ? Math.min(...ends) : undefined;
}

function hasKnownOwner(key: UsableKeyMessage): key is UsableKeyMessage & UsableKey {
  return OWNERS.includes(key.owner.type as OwnerType);
}
