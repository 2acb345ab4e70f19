import { AppError } from '@byok/kernel';
import type { OrgId } from '@byok/kernel';
import type { Database, Sql } from '@byok/platform';
import type { KeyMessage } from '@byok/contracts';

import { openDekRing } from '../deks/dek-ring.js';
import type { KmsSet } from '../kms/kms-set.js';
import { anOpenRequest, aStoreRequest, random } from '../spec/vault-world.js';
import type { VaultWorld, WireActor } from '../spec/vault-world.js';
import { openKey } from '../verbs/open-key.js';
import { storeKey } from '../verbs/store-key.js';
import { driveRotations } from './drive-rotations.js';
import { loadPending } from './load-pending.js';
import { enterReplica } from './replicas.store.js';
import type { RotationDeps } from './rotation-deps.js';

export const noPause = (): Promise<void> => Promise.resolve();

/** A vault process as far as rotation sees one: memory of its own, over the same tables. */
export async function aReplica(world: VaultWorld, replicaId: string, over: { db?: Database; kms?: KmsSet } = {}): Promise<RotationDeps> {
  const base = { ...world.deps, random, ...over };
  await enterReplica(world.deps.db, replicaId);
  return { ...base, replicaId, deks: openDekRing(base) };
}

/** One turn of a replica's two loops. */
export async function turn(deps: RotationDeps): Promise<void> {
  await loadPending(deps);
  await driveRotations(deps, noPause);
}

export interface KeptKey {
  key: KeyMessage;
  secret: string;
}

export async function storeKeys(world: VaultWorld, orgId: OrgId, actor: WireActor, count: number): Promise<KeptKey[]> {
  const kept: KeptKey[] = [];
  for (let at = 0; at < count; at += 1) {
    const asked = aStoreRequest(actor, { type: 'org', id: orgId }, { config: { at: String(at) } });
    kept.push({ key: await storeKey(world.deps, asked), secret: asked.secret });
  }
  return kept;
}

/** Opens every key with a memory that knows no DEK yet. */
export async function expectAllOpen(world: VaultWorld, actor: WireActor, kept: readonly KeptKey[], kms: KmsSet = world.deps.kms): Promise<void> {
  const deps = { ...world.deps, kms, deks: openDekRing({ ...world.deps, kms }) };
  for (const { key, secret } of kept) expect((await openKey(deps, anOpenRequest(actor, key))).secret).toBe(secret);
}

/** INV-K1: one active DEK, every living key under it, none quarantined. */
export async function expectInvariant(world: VaultWorld, orgId: OrgId): Promise<void> {
  const states = await world.attacker.query<{ state: string; keys: string }>(
    `SELECT d.state, count(c.id) AS keys FROM vault.org_dek d LEFT JOIN vault.credential c ON c.dek_id = d.dek_id AND c.blob IS NOT NULL WHERE d.org_id = $1 GROUP BY d.dek_id, d.state`,
    [orgId],
  );
  expect(states.filter(({ state }) => state === 'active')).toHaveLength(1);
  expect(states.filter(({ state, keys }) => state !== 'active' && keys !== '0')).toEqual([]);
  expect(await world.attacker.query(`SELECT id FROM vault.credential WHERE org_id = $1 AND status = 'undecryptable'`, [orgId])).toEqual([]);
}

export class Killed extends Error {}

/** A database whose process is killed at its `at`-th statement: what had not been committed is gone. */
export function killedAt(db: Database, at: number): Database & { wasKilled(): boolean } {
  let count = 0;
  const counted = (sql: Sql): Sql['query'] => (text, parameters) => {
    count += 1;
    if (count >= at) return Promise.reject(new Killed());
    return sql.query(text, parameters);
  };
  return { ...db, query: counted(db), transaction: (work) => db.transaction((tx) => work({ query: counted(tx) })), wasKilled: () => count >= at };
}

export function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : String(error);
}
