import type { ScimGroup, ScimPatch } from '@byok/contracts';
import { createGroup, deleteGroup, getUser, putMember, removeMember, setExternalId, updateGroup, type DirectoryGroup, type Principal, type Tx } from '@byok/identity';
import { AppError, type GroupId, type OrgId, type UserId } from '@byok/kernel';
import { recordChange } from '../access/record-change.js';
import { applyPatch } from './apply-patch.js';
import { groupFacts, groupFactsOf, groupResource, type GroupFacts } from './group-resource.js';
import { theGroup } from './read-group.js';
import { directoryOf, type ScimDeps } from './scim-deps.js';
import { GroupSchema, scimRefusal } from './scim-library.js';
import { unique } from './unique.js';

interface Path {
  org: string;
  group: string;
}

const VIA = { via: 'scim' };

export async function createScimGroup(deps: ScimDeps, principal: Principal, orgId: string, sent: ScimGroup): Promise<ScimGroup> {
  const org = directoryOf(principal, orgId);
  const { name, externalId, members } = await groupFacts(sent);
  const { id } = await unique(
    recordChange(deps.db, principal, { org, action: 'group.create', details: { ...VIA, members } }, async (tx) => {
      const group = await createGroup(tx, org, { name });
      if (externalId !== null) await setExternalId(tx, org, { group: group.id }, externalId);
      await join(tx, org, group.id, members);
      return group;
    }),
  );
  return groupResource(await theGroup(deps.db, org, id));
}

export async function replaceScimGroup(deps: ScimDeps, principal: Principal, path: Path, sent: ScimGroup): Promise<ScimGroup> {
  const org = directoryOf(principal, path.org);
  const group = await theGroup(deps.db, org, path.group);
  return apply(deps, principal, org, group, await groupFacts(sent));
}

export async function patchScimGroup(deps: ScimDeps, principal: Principal, path: Path, sent: ScimPatch): Promise<ScimGroup> {
  const org = directoryOf(principal, path.org);
  const group = await theGroup(deps.db, org, path.group);
  const patched = await applyPatch(sent, new GroupSchema(groupResource(group) as never, 'out'));
  return patched ? apply(deps, principal, org, group, groupFactsOf(patched as never)) : groupResource(group);
}

export async function deleteScimGroup(deps: ScimDeps, principal: Principal, path: Path): Promise<void> {
  const org = directoryOf(principal, path.org);
  const group = await theGroup(deps.db, org, path.group);
  await recordChange(deps.db, principal, { org, action: 'group.delete', target: group.id, details: VIA }, (tx) => deleteGroup(tx, org, group.id));
}

/** Only what differs is written: of two that add a member each at the same moment, both stay. Admins of the group stay admins. */
async function apply(deps: ScimDeps, principal: Principal, org: OrgId, group: DirectoryGroup, { name, externalId, members }: GroupFacts): Promise<ScimGroup> {
  const present = new Set(group.members.map(({ id }) => id));
  const wanted = new Set(members);
  const [added, removed] = [members.filter((id) => !present.has(id)), [...present].filter((id) => !wanted.has(id))];
  const isSame = added.length + removed.length === 0 && name === group.name && externalId === group.externalId;
  if (isSame) return groupResource(group);
  await unique(
    recordChange(deps.db, principal, { org, action: 'group.update', target: group.id, details: { ...VIA, added, removed } }, async (tx) => {
      if (name !== group.name) await updateGroup(tx, org, group.id, { name });
      if (externalId !== group.externalId) await setExternalId(tx, org, { group: group.id }, externalId);
      await join(tx, org, group.id, added);
      for (const id of removed) await leave(tx, org, group.id, id);
    }),
  );
  return groupResource(await theGroup(deps.db, org, group.id));
}

async function join(tx: Tx, org: OrgId, group: GroupId, users: readonly UserId[]): Promise<void> {
  for (const id of users) {
    await getUser(tx, org, id).catch(notAUser);
    await putMember(tx, org, group, id);
  }
}

/** Somebody else may have taken them out meanwhile. */
async function leave(tx: Tx, org: OrgId, group: GroupId, user: UserId): Promise<void> {
  try {
    await removeMember(tx, org, group, user);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
  }
}

/** Of this org, that is: whether another's exists is not told. */
function notAUser(error: unknown): never {
  throw error instanceof AppError && error.code === 'not_found' ? scimRefusal('invalidValue', 'A member is not a user of this organisation.') : error;
}
