import type { ScimPatch, ScimUser } from '@byok/contracts';
import { normalEmail, setExternalId, updateUser, type DirectoryUser, type Principal } from '@byok/identity';
import { AppError, type OrgId } from '@byok/kernel';
import { recordChange } from '../access/record-change.js';
import { stopMail } from '../alerts/stop-mail.js';
import { applyPatch } from './apply-patch.js';
import { theUser } from './read-user.js';
import { directoryOf, type ScimDeps } from './scim-deps.js';
import { UserSchema } from './scim-library.js';
import { unique } from './unique.js';
import { factsOf, userFacts, userResource, type UserFacts } from './user-resource.js';

interface Path {
  org: string;
  user: string;
}

/** What is not sent goes back to its default, but who was disabled by an admin is not woken by silence. */
export async function replaceScimUser(deps: ScimDeps, principal: Principal, path: Path, sent: ScimUser): Promise<ScimUser> {
  const org = directoryOf(principal, path.org);
  const user = await theUser(deps.db, org, path.user);
  const facts = await userFacts(sent);
  return apply(deps, principal, org, user, { ...facts, isActive: sent.active === undefined || sent.active === null ? user.status === 'active' : facts.isActive });
}

export async function patchScimUser(deps: ScimDeps, principal: Principal, path: Path, sent: ScimPatch): Promise<ScimUser> {
  const org = directoryOf(principal, path.org);
  const user = await theUser(deps.db, org, path.user);
  const patched = await applyPatch(sent, new UserSchema(userResource(user) as never, 'out'));
  return patched ? apply(deps, principal, org, user, factsOf(patched as never)) : userResource(user);
}

/** Brings the user to these facts. Another status ends their sessions, and their tokens are refused on the next look. */
async function apply(deps: ScimDeps, principal: Principal, org: OrgId, user: DirectoryUser, facts: UserFacts): Promise<ScimUser> {
  const change = changeOf(user, facts);
  const fields = [...Object.keys(change), ...(facts.externalId === user.externalId ? [] : ['externalId'])];
  if (fields.length === 0) return userResource(user);
  refuseProtected(user, change);
  const details = { fields, via: 'scim', ...(change.status ? { status: change.status } : {}) };
  await unique(
    recordChange(deps.db, principal, { org, action: 'user.update', target: user.id, details }, async (tx) => {
      if (fields.includes('externalId')) await setExternalId(tx, org, { user: user.id }, facts.externalId);
      if (Object.keys(change).length > 0) await updateUser(tx, org, user.id, change);
    }),
  );
  if (change.status === 'disabled') await stopMail(deps, org, user);
  return userResource(await theUser(deps.db, org, user.id));
}

type Change = { email?: string; name?: string; status?: 'active' | 'disabled' };

function changeOf(user: DirectoryUser, { email, name, isActive }: UserFacts): Change {
  const status = isActive ? 'active' : 'disabled';
  return {
    ...(normalEmail(email) === user.email ? {} : { email }),
    ...(name === user.name ? {} : { name }),
    ...(status === user.status ? {} : { status }),
  };
}

/** A directory keeps people, not the platform's operators; and whoever holds an owner's address can become that owner. */
export function refuseProtected(user: DirectoryUser, { email }: Change = {}): void {
  if (user.isOperator) throw new AppError('forbidden', 'Operators of the platform are not kept by a directory.');
  if (email !== undefined && user.role === 'owner') throw new AppError('forbidden', 'The address of an owner is not changed by a directory. An owner changes it here.');
}
