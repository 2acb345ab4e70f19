import { randomBytes } from 'node:crypto';

import type { Random } from '@byok/envelope';
import { createGroup, createOrg, createSession, createToken, createUser, putMember } from '@byok/identity';
import type { OrgPolicy, Permission, Role } from '@byok/identity';
import type { GroupId, OrgId, UserId } from '@byok/kernel';
import { createLog, EVERY_ORG, openDatabase, systemClock } from '@byok/platform';
import { testDatabase } from '@byok/testing';
import type { Database } from '@byok/platform';

import { openDekRing } from '../deks/dek-ring.js';
import { envKms } from '../kms/env-kms.js';
import { kmsSet } from '../kms/kms-set.js';
import type { VaultDeps } from '../vault-deps.js';

export interface WireActor {
  tokenId: string;
  sessionId: string;
}

/** People, groups and tokens in a real database, and the vault's own wiring over it. For int specs. */
export interface VaultWorld {
  deps: VaultDeps;
  /** As byok_admin: may write identity. */
  admin: Database;
  /** As the owner of all tables: what somebody with write access to the database could do. */
  attacker: Database;
  kekHex: string;
  /** Of the database, as the vault's own role. */
  url: string;
  org(name: string, policy?: Partial<OrgPolicy>): Promise<OrgId>;
  user(orgId: OrgId, role: Role, isOperator?: boolean): Promise<{ id: UserId; actor: WireActor }>;
  group(orgId: OrgId, members: Record<UserId, 'admin' | 'member'>): Promise<GroupId>;
  token(orgId: OrgId, of: { userId?: UserId; groupId?: GroupId; scopes?: Permission[]; allowedProviders?: string[]; allowedGroups?: GroupId[] }): Promise<WireActor>;
  auditOf(orgId: OrgId, action?: string): Promise<{ action: string; targetId: string; outcome: string; actorId: string; details: Record<string, unknown> }[]>;
  close(): Promise<void>;
}

export const random: Random = { bytes: (length) => randomBytes(length) };
const quiet = createLog('spec', 'fatal');

export async function vaultWorld(urls: { vault: string; admin: string; owner: string }): Promise<VaultWorld> {
  const [db, admin, attacker] = await Promise.all([open(urls.vault), open(urls.admin), open(urls.owner)]);
  const kekHex = randomBytes(32).toString('hex');
  const base = { db, random, clock: systemClock, log: quiet, deploymentId: 'spec' };
  const kms = kmsSet({ active: envKms({ BYOK_ENCRYPTION_KEY: kekHex }, random) });
  const rules = { resealsPerSecond: 100_000, backupDays: 35, shredGraceDays: 0 };
  const deps: VaultDeps = { ...base, kms, rules, revalidateAfterMs: 24 * 3_600_000, deks: openDekRing({ ...base, kms }) };
  return {
    ...{ deps, admin, attacker, kekHex, url: urls.vault },
    ...identityOf(admin),
    auditOf: async (orgId, action) => {
      const rows = await db.query<{ action: string; targetId: string; outcome: string; actorId: string; details: string }>(
        `SELECT action, target_id AS "targetId", outcome, actor_id AS "actorId", details FROM vault.audit WHERE org_id = $1 AND ($2::text IS NULL OR action = $2) ORDER BY sequence`,
        [orgId, action ?? null],
      );
      return rows.map((row) => ({ ...row, details: JSON.parse(row.details) as Record<string, unknown> }));
    },
    close: async () => void (await Promise.all([db.close(), admin.close(), attacker.close()])),
  };
}

function identityOf(admin: Database): Pick<VaultWorld, 'org' | 'user' | 'group' | 'token'> {
  let people = 0;
  return {
    org: (name, policy) => admin.transaction(async (tx) => (await createOrg(tx, { name, tier: 'enterprise', policy })).id),
    user: (orgId, role, isOperator) =>
      admin.transaction(async (tx) => {
        people += 1;
        const user = await createUser(tx, orgId, { email: `p${people}@example.com`, name: `P${people}`, role, isOperator });
        const { session } = await createSession(tx, orgId, user.id, systemClock);
        return { id: user.id, actor: { tokenId: '', sessionId: session.id } };
      }),
    group: (orgId, members) =>
      admin.transaction(async (tx) => {
        people += 1;
        const group = await createGroup(tx, orgId, { name: `G${people}` });
        for (const [userId, role] of Object.entries(members)) await putMember(tx, orgId, group.id, userId as UserId, role);
        return group.id;
      }),
    token: (orgId, of) =>
      admin.transaction(async (tx) => {
        const { token } = await createToken(tx, orgId, { name: 't', userId: of.userId, groupId: of.groupId, managementScopes: of.scopes, allowedProviders: of.allowedProviders, allowedGroups: of.allowedGroups, createdBy: null });
        return { tokenId: token.id, sessionId: '' };
      }),
  };
}

function open(url: string): Promise<Database> {
  return openDatabase({ url, applicationName: 'spec', log: quiet, poolSize: 12, scope: EVERY_ORG });
}

let keys = 0;
/** A StoreKey request as it comes over the wire. Each has a secret of its own unless told. */
export function aStoreRequest(actor: WireActor, owner: { type: string; id: string }, over: Record<string, unknown> = {}) {
  keys += 1;
  const secret = `sk-canary-${keys}-${randomBytes(12).toString('hex')}`;
  return { actor, owner, provider: 'openai', secret, label: 'a key', description: '', allowedUsers: [], allowedModels: [], config: {}, priority: 0, testOutcome: '', allowDuplicate: false, ...over };
}

export function anOpenRequest(actor: WireActor, key: { id: string; version: number }, over: Record<string, unknown> = {}) {
  return { actor, keyId: key.id, version: key.version, requestId: 'req_spec', purpose: 'call', ...over };
}

/** A world on a database of its own, for the suite that calls this; filled before its first test, gone after its last. */
export function vaultOfSuite(): VaultWorld {
  const world = {} as VaultWorld;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const database = await testDatabase();
    Object.assign(world, await vaultWorld({ vault: database.url('vault'), admin: database.url('admin'), owner: database.ownerUrl }));
    close = async () => {
      await world.close();
      await database.close();
    };
  });
  afterAll(() => close());
  return world;
}
