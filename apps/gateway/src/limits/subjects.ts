import type { RateLimits } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { onceFor } from '@byok/kernel';
import type { Attempt } from '@byok/routing';

/** Whose limit it is. `name` is unique over everything that has limits. */
export interface Subject {
  kind: 'token' | 'user' | 'group' | 'org' | 'key';
  name: string;
  limits: RateLimits;
}

const NONE: readonly Subject[] = [];

/**
 * Limits that hold for a caller whatever they ask for: of their token, themselves, the group that the token acts in, and the org.
 * What is set for a principal does not change while the object lives.
 */
export const callerSubjects = onceFor((principal: Principal): readonly Subject[] => {
  const { token, user, org } = principal.settings;
  const found = [
    subject('token', principal.tokenId, token.limits),
    subject('user', principal.userId, user.limits),
    subject('group', principal.tokenGroup, limitsOfGroup(principal, principal.tokenGroup)),
    subject('org', principal.orgId, org.limits),
  ].flat();
  return found.length === 0 ? NONE : found;
});

/** Limits that hold for one attempt: of the group whose key it uses, where the token does not act in that group anyway, and of the key. */
export function attemptSubjects(principal: Principal, attempt: Attempt): readonly Subject[] {
  const ofKey = principal.settings.org.keyLimits?.[attempt.keyId];
  const group = attempt.owner.type === 'group' && attempt.owner.id !== principal.tokenGroup ? attempt.owner.id : null;
  const ofGroup = limitsOfGroup(principal, group);
  if (ofKey === undefined && ofGroup === undefined) return NONE;
  return [subject('group', group, ofGroup), subject('key', attempt.keyId, ofKey)].flat();
}

function limitsOfGroup(principal: Principal, group: string | null): RateLimits | undefined {
  return group === null ? undefined : principal.settings.groups.find(({ id }) => id === group)?.settings.limits;
}

function subject(kind: Subject['kind'], id: string | null, limits: RateLimits | undefined): Subject[] {
  return id === null || limits === undefined || Object.keys(limits).length === 0 ? [] : [{ kind, name: id, limits }];
}
