import type { Principal } from '@byok/identity';
import type { CallEndpoint } from '@byok/providers';
import type { Attempt } from '@byok/routing';
import { groupOf } from '../holds/at-stake.js';
import { sameFields } from '../spool/records.js';

/** Who calls, with what, for which endpoint: what the records of many calls have in common. */
export interface Common {
  principal: Principal;
  attempt: Attempt;
  endpoint: CallEndpoint;
  tags: Readonly<Record<string, string>>;
}

const LONGEST_NAME = 256;

/** The last that was made, by attempt: plans are remembered, so that the same attempts, principals and tags come again and again. */
const remembered = new WeakMap<Attempt, Common & { fields: string }>();

/** The fields of a record that are the same for every call that has these in common. */
export function rememberedFields({ principal, attempt, endpoint, tags }: Common): string {
  const known = remembered.get(attempt);
  if (known?.principal === principal && known.endpoint === endpoint && known.tags === tags) return known.fields;
  const fields = sameFields({
    orgId: principal.orgId,
    groupId: groupOf(attempt, principal),
    userId: principal.userId,
    tokenId: principal.tokenId,
    keyId: attempt.keyId,
    keyVersion: attempt.keyVersion,
    keyOwner: attempt.owner.type,
    keyOwnerId: attempt.owner.id,
    provider: attempt.provider.id,
    model: attempt.upstreamModel.slice(0, LONGEST_NAME),
    endpoint,
    tags,
  });
  remembered.set(attempt, { principal, attempt, endpoint, tags, fields });
  return fields;
}
