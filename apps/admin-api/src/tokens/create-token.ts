import type { CreateToken, TokenShownOnce } from '@byok/contracts';
import { changeSettings, createToken as insertToken, getGroup, getUser, mayGrantScopes, mayManageUser, type Permission, type Principal } from '@byok/identity';
import { AppError, type Clock, type GroupId, type OrgId, type UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, forbidden, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import type { Catalogue } from '../clients/catalogue.js';
import { readRestrictions } from './read-restrictions.js';
import { refuseWider } from './refuse-wider.js';
import { resourceOf, tokenToWire } from './token-to-wire.js';

/** Makes a token that is never wider than who makes it. Its text is in the answer and nowhere else. */
export async function createToken(deps: { db: Database; clock: Clock; catalogue: Catalogue }, principal: Principal, input: CreateToken): Promise<TokenShownOnce> {
  const org = orgOf(principal, input.org);
  const { userId, groupId } = await ownerOf(deps.db, principal, org, input);
  const { name, description, allowedModels = [], managementScopes = [], limits, tags } = input;
  if (!mayGrantScopes(principal, managementScopes)) throw forbidden('token:create with these managementScopes');
  // By which names spending is told apart is the org's to say.
  if (tags) demand(principal, 'org:update', { org });
  const restrictions = await readRestrictions(deps, org, { userId, groupId }, input);
  const expiresAt = expiryOf(input, deps.clock);
  refuseWider(principal, { groupId, allowedModels, ...restrictions, expiresAt, limits });
  const details = { userId, groupId, managementScopes, allowedModels, ...restrictions, expiresAt: expiresAt?.toISOString() ?? null };
  const { token, text } = await recordChange(deps.db, principal, { org, action: 'token.create', details }, async (tx) => {
    const created = await insertToken(tx, org, { name, description, userId, groupId, allowedModels, ...restrictions, managementScopes: managementScopes as Permission[], expiresAt, createdBy: actorOf(principal) });
    if (limits ?? tags) await changeSettings(tx, org, { token: created.token.id }, { ...(limits ? { limits } : {}), ...(tags ? { tags } : {}) });
    return { id: created.token.id, ...created };
  });
  return { ...tokenToWire(token), token: text };
}

/** Whose token it becomes; see CreateToken. Who is named must be in the org, and the caller must be allowed to act for them. */
async function ownerOf(db: Database, principal: Principal, org: OrgId, input: CreateToken): Promise<{ userId: UserId | null; groupId: GroupId | null }> {
  const self = input.group === undefined && org === principal.orgId ? principal.userId : null;
  const userId = (input.user === undefined ? self : input.user) as UserId | null;
  const groupId = (input.group ?? null) as GroupId | null;
  const user = userId ? await getUser(db, org, userId) : undefined;
  if (groupId) await getGroup(db, org, groupId);
  demand(principal, 'token:create', resourceOf({ orgId: org, userId, groupId }));
  if (user && user.id !== principal.userId && !mayManageUser(principal, user, 'token:create')) throw forbidden('token:create for this user');
  return { userId, groupId };
}

function expiryOf({ expiresAt }: CreateToken, clock: Clock): Date | null {
  if (expiresAt === undefined) return null;
  const at = new Date(expiresAt);
  if (at.getTime() <= clock.now()) throw new AppError('invalid_request', 'expiresAt is in the past.', { details: { field: 'expiresAt' } });
  return at;
}
