import { claimValues, type Claims, type SignInSettings } from '@byok/identity';
import type { GroupId } from '@byok/kernel';

export interface GroupChange {
  join: GroupId[];
  leave: GroupId[];
}

/**
 * Which groups somebody joins and leaves, so that those which the mapping names follow the claim. Other groups are not looked at. No claim is
 * no group, unless the provider says that there were too many to list: then everything stays.
 */
export function groupChange({ groups, groupClaim }: Pick<SignInSettings, 'groups' | 'groupClaim'>, claims: Claims, current: readonly GroupId[]): GroupChange {
  const values = claimValues(claims, groupClaim);
  if (values === undefined && isLeftOut(claims, groupClaim)) return { join: [], leave: [] };
  const mapped = new Set(groups.map(({ group }) => group));
  const wanted = new Set(groups.filter(({ value }) => values?.includes(value)).map(({ group }) => group));
  return { join: [...wanted].filter((group) => !current.includes(group)), leave: current.filter((group) => mapped.has(group) && !wanted.has(group)) };
}

/** Entra ID's way to say that the list would be too long for a token. */
function isLeftOut(claims: Claims, claim: string): boolean {
  const elsewhere = claims['_claim_names'];
  return typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, claim);
}
