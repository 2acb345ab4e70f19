import type { RateLimits } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { contains, parseNetwork } from '@byok/platform';
import { forbidden } from '../access/demand.js';

export interface WantedToken {
  groupId: string | null;
  allowedModels: readonly string[];
  allowedProviders: readonly string[];
  allowedGroups: readonly string[];
  allowedNetworks: readonly string[];
  expiresAt: Date | null;
  limits?: RateLimits | undefined;
}

/** A token must not make one that reaches further than itself in anything: it would lend out what it was not given. */
export function refuseWider(maker: Principal, wanted: WantedToken): void {
  if (maker.tokenGroup !== null && wanted.groupId !== maker.tokenGroup) throw wider('outside the group of this token');
  const { providers = [], groups = [], networks = [], expiresAt = null } = maker.restrictions ?? {};
  if (!isWithin(maker.allowedModels, wanted.allowedModels, coversModel)) throw wider('with more models than this token');
  if (!isWithin(providers, wanted.allowedProviders)) throw wider('with more providers than this token');
  if (!isWithin(groups, wanted.groupId === null ? wanted.allowedGroups : [wanted.groupId])) throw wider('in more groups than this token');
  if (!isWithin(networks, wanted.allowedNetworks, coversNetwork)) throw wider('from more networks than this token');
  if (expiresAt !== null && (wanted.expiresAt === null || wanted.expiresAt > expiresAt)) throw wider('for longer than this token');
  if (!isWithinLimits(maker.settings.token.limits ?? {}, wanted.limits ?? {})) throw wider('with higher limits than this token');
  // Its budget counts what it spends itself; what another token spends would be counted nowhere.
  if (maker.tokenId !== null && maker.hardBudgets.some(({ scope, scopeId }) => scope === 'token' && scopeId === maker.tokenId)) throw wider('by a token with a budget of its own');
}

/** An empty list allows everything, so only who is not narrowed may give it. */
function isWithin(allowed: readonly string[], wanted: readonly string[], covers = (one: string, other: string): boolean => one === other): boolean {
  if (allowed.length === 0) return true;
  return wanted.length > 0 && wanted.every((each) => allowed.some((one) => covers(one, each)));
}

/** `gpt-4*` covers `gpt-4o` and `gpt-4o*`; a name covers itself. */
function coversModel(allowed: string, wanted: string): boolean {
  return allowed === wanted || (allowed.endsWith('*') && wanted.startsWith(allowed.slice(0, -1)));
}

function coversNetwork(allowed: string, wanted: string): boolean {
  const [outer, inner] = [parseNetwork(allowed), parseNetwork(wanted)];
  return outer !== undefined && inner !== undefined && contains(outer, inner);
}

function isWithinLimits(own: RateLimits, wanted: RateLimits): boolean {
  return (Object.keys(own) as (keyof RateLimits)[]).every((limit) => own[limit] === undefined || (wanted[limit] !== undefined && wanted[limit] <= own[limit]));
}

function wider(how: string): Error {
  return forbidden(`token:create ${how}`);
}
