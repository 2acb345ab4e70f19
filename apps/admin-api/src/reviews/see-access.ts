import type { KeyMessage, KeyUseMessage, VaultForAdmin } from '@byok/contracts';
import { listCovered, listLivingTokens, listMemberships, listRoles, namesIn, type Principal, type SeenAccess } from '@byok/identity';
import type { OrgId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { actorIds } from '../clients/vault.client.js';
import { coverOf } from '../governance/blast-radius.js';
import { everyKey } from '../governance/every-key.js';

export interface SeeAccessDeps {
  db: Database;
  vault: Pick<VaultForAdmin, 'listKeys' | 'keyUses'>;
}

const KEYS_AT_ONCE = 200;
const EVERYBODY = 1_000_000;

/** Who has which access in the org now, a line for everything that can be taken away by itself: roles, memberships, keys, grants, tokens. */
export async function seeAccess(deps: SeeAccessDeps, principal: Principal, org: OrgId): Promise<SeenAccess[]> {
  const names = await namesIn(deps.db, org);
  return [...(await seeRoles(deps.db, org)), ...(await seeMemberships(deps.db, org)), ...(await seeKeys(deps, principal, org, names)), ...(await seeTokens(deps.db, org, names))];
}

async function seeRoles(db: Database, org: OrgId): Promise<SeenAccess[]> {
  return (await listRoles(db, org)).map(({ role, ...person }) => ({ kind: 'role', ...subject(person), objectId: org, objectName: 'the organisation', detail: role, people: [] }));
}

async function seeMemberships(db: Database, org: OrgId): Promise<SeenAccess[]> {
  return (await listMemberships(db, org)).map(({ groupId, groupName, role, expiresAt, ...person }) => ({
    ...{ kind: 'membership' as const, ...subject(person), objectId: groupId, objectName: groupName, people: [] },
    detail: expiresAt ? `${role} until ${expiresAt.toISOString()}` : role,
  }));
}

async function seeTokens(db: Database, org: OrgId, names: ReadonlyMap<string, string>): Promise<SeenAccess[]> {
  return (await listLivingTokens(db, org)).map(({ id, name, userId, groupId, managementScopes, expiresAt }) => {
    const holder = userId ?? groupId ?? org;
    const what = [userId ? 'acts for the user' : 'a service', managementScopes.length > 0 ? `may ${managementScopes.join(' ')}` : 'calls models', ...(expiresAt ? [`until ${expiresAt.toISOString()}`] : [])];
    return { kind: 'token', subjectId: holder, subjectName: names.get(holder) ?? 'the organisation', objectId: id, objectName: name, detail: what.join(', '), people: [] };
  });
}

async function seeKeys({ db, vault }: SeeAccessDeps, principal: Principal, org: OrgId, names: ReadonlyMap<string, string>): Promise<SeenAccess[]> {
  const keys = await everyKey(vault, principal);
  const uses = new Map<string, KeyUseMessage>();
  for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
    const { items } = await vault.keyUses({ actor: actorIds(principal), keyIds: keys.slice(from, from + KEYS_AT_ONCE).map(({ id }) => id) });
    for (const use of items) uses.set(use.keyId, use);
  }
  const seen: SeenAccess[] = [];
  for (const key of keys) seen.push(...(await seeKey(db, org, key, uses.get(key.id), names)));
  return seen;
}

async function seeKey(db: Database, org: OrgId, key: KeyMessage, use: KeyUseMessage | undefined, names: ReadonlyMap<string, string>): Promise<SeenAccess[]> {
  const object = { objectId: key.id, objectName: `${key.provider} ${key.label}` };
  const nameOf = (id: string): string => names.get(id) ?? (id === org ? 'the organisation' : id);
  const granted = (use?.grants ?? []).map(({ userId, until }): SeenAccess => ({ kind: 'grant', subjectId: userId, subjectName: nameOf(userId), ...object, detail: `until ${until}`, people: [] }));
  if (key.owner.type !== 'user' && key.allowedUsers.length > 0) {
    return [...key.allowedUsers.map((userId): SeenAccess => ({ kind: 'key', subjectId: userId, subjectName: nameOf(userId), ...object, detail: 'on the allow-list', people: [] })), ...granted];
  }
  const people = (await listCovered(db, org, coverOf(key), EVERYBODY)).map(({ id }) => id);
  const detail = key.owner.type === 'user' ? 'their own key' : `everybody in it: ${people.length}`;
  return [{ kind: 'key', subjectId: key.owner.id, subjectName: nameOf(key.owner.id), ...object, detail, people }];
}

function subject({ id, name, email }: { id: string; name: string; email: string }): Pick<SeenAccess, 'subjectId' | 'subjectName'> {
  return { subjectId: id, subjectName: `${name} <${email}>` };
}
