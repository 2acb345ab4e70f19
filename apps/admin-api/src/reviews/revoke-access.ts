import type { VaultForAdmin } from '@byok/contracts';
import type { AccessReview, AccessReviewLine, Principal } from '@byok/identity';
import { AppError, type OrgId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import type { StopMailDeps } from '../alerts/stop-mail.js';
import { actorIds } from '../clients/vault.client.js';
import { removeMember } from '../groups/remove-member.js';
import { deleteToken } from '../tokens/delete-token.js';
import { updateUser } from '../users/update-user.js';

export type RevokeAccessDeps = StopMailDeps & { db: Database; vault: Pick<VaultForAdmin, 'getKey' | 'sealKey' | 'updateKey' | 'endKeyGrant'> };

/** Takes the access of a line away, with the rights of who decides. What is gone already is fine. */
export async function revokeAccess(deps: RevokeAccessDeps, principal: Principal, org: OrgId, review: AccessReview, line: AccessReviewLine): Promise<void> {
  try {
    await revoke(deps, principal, org, review, line);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
  }
}

async function revoke(deps: RevokeAccessDeps, principal: Principal, org: OrgId, review: AccessReview, line: AccessReviewLine): Promise<void> {
  switch (line.kind) {
    case 'role':
      return void (await updateUser(deps, principal, { org, user: line.subjectId }, line.detail === 'member' ? { status: 'disabled' } : { role: 'member' }));
    case 'membership':
      return removeMember(deps, principal, { org, group: line.objectId, user: line.subjectId });
    case 'token':
      return deleteToken(deps, principal, { token: line.objectId }, org);
    case 'grant':
      return void (await deps.vault.endKeyGrant({ actor: actorIds(principal), keyId: line.objectId, userId: line.subjectId }));
    case 'key':
      return revokeKeyAccess(deps, principal, review, line);
  }
}

/** Off the list; where there is none, or the last one would go (an empty list is everybody), the key stops. */
async function revokeKeyAccess({ vault }: RevokeAccessDeps, principal: Principal, review: AccessReview, { subjectId, objectId }: AccessReviewLine): Promise<void> {
  const actor = actorIds(principal);
  const key = await vault.getKey({ actor, keyId: objectId });
  if (key.status === 'revoked') return;
  const isListed = key.owner.type !== 'user' && key.allowedUsers.includes(subjectId);
  const wasListed = subjectId.startsWith('usr_') && key.owner.type !== 'user';
  if (wasListed && !isListed && key.allowedUsers.length > 0) return;
  if (isListed && key.allowedUsers.length > 1) await vault.updateKey({ actor, keyId: key.id, allowedUsers: { values: key.allowedUsers.filter((user) => user !== subjectId) } });
  else await vault.sealKey({ actor, keyId: key.id, reason: `Access review ${review.id}`, cutStreams: false });
}
