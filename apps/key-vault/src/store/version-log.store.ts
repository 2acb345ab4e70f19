import { createHash } from 'node:crypto';

import { lengthPrefixed } from '@byok/envelope';
import type { Sql } from '@byok/platform';

import type { KeyOrg, KeyRow } from './key-row.js';

/** Of the version in use: `sealed`, `resealed`, `revoked`. Of the other live one: `staged`, `kept`, `dropped`. */
type Event = VersionEvent | OtherEvent;
/** `resealed`: the same version under another DEK. */
export type VersionEvent = 'sealed' | 'resealed' | 'revoked';
export type OtherEvent = 'staged' | 'kept' | 'dropped';

interface LoggedVersion {
  sequence: number;
  version: number;
  event: Event;
  blobHash: Buffer;
  previousHash: Buffer;
  hash: Buffer;
}

const GENESIS = Buffer.alloc(32);
const SELECT = `SELECT sequence, version, event, blob_hash AS "blobHash", previous_hash AS "previousHash", hash FROM vault.credential_version_log WHERE org_id = $1 AND key_id = $2`;
/** What tells about the version in use; a second live version has lines of its own. */
export const OF_VERSION_IN_USE = `event IN ('sealed', 'resealed', 'revoked')`;

/** Appends the key's present version to its log, in the transaction that sealed or revoked it. */
export async function logVersion(tx: Sql, orgId: KeyOrg, key: Pick<KeyRow, 'id' | 'version' | 'blob'>, event: VersionEvent = key.blob ? 'sealed' : 'revoked'): Promise<void> {
  await append(tx, orgId, key, event);
}

/** The same for the other live version of a key. */
export async function logOther(tx: Sql, orgId: KeyOrg, other: { id: string; version: number; blob: Buffer | null }, event: OtherEvent): Promise<void> {
  await append(tx, orgId, other, event);
}

async function append(tx: Sql, orgId: KeyOrg, key: { id: string; version: number; blob: Buffer | null }, event: Event): Promise<void> {
  const [last] = await tx.query<LoggedVersion>(`${SELECT} ORDER BY sequence DESC LIMIT 1`, [orgId, key.id]);
  const entry = { sequence: (last?.sequence ?? 0) + 1, version: key.version, event, blobHash: hashOf(key.blob) };
  const previousHash = last?.hash ?? GENESIS;
  await tx.query(
    `INSERT INTO vault.credential_version_log (org_id, key_id, sequence, version, event, blob_hash, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [orgId, key.id, entry.sequence, entry.version, entry.event, entry.blobHash, previousHash, chainHash(orgId, key.id, { ...entry, previousHash })],
  );
}

/** The number of a key's next version: one that none of its versions has ever had, taken back ones included. */
export async function nextVersion(db: Sql, orgId: KeyOrg, keyId: string): Promise<number> {
  const [row] = await db.query<{ version: number | null }>('SELECT max(version) AS version FROM vault.credential_version_log WHERE org_id = $1 AND key_id = $2', [orgId, keyId]);
  return (row?.version ?? 0) + 1;
}

/** Why this other version of a key is not as the vault wrote it last, or undefined. */
export async function otherStaleness(db: Sql, orgId: KeyOrg, other: { id: string; version: number; blob: Buffer; role: 'candidate' | 'former' }): Promise<string | undefined> {
  const [last] = await db.query<LoggedVersion>(`${SELECT} AND version = $3 AND event IN ('staged', 'kept', 'dropped') ORDER BY sequence DESC LIMIT 1`, [orgId, other.id, other.version]);
  if (!last) return 'this version of the key was never written as a second one';
  if (!last.hash.equals(chainHash(orgId, other.id, last))) return 'the version log was changed';
  if (last.event !== (other.role === 'candidate' ? 'staged' : 'kept')) return 'this version of the key was taken back before';
  return last.blobHash.equals(hashOf(other.blob)) ? undefined : 'this version of the key is not as it was written last';
}

/** Why this row is not the newest that the vault wrote, or undefined: a row rolled back as a whole still decrypts. */
export async function staleness(db: Sql, orgId: KeyOrg, key: Pick<KeyRow, 'id' | 'version' | 'blob'>): Promise<string | undefined> {
  const last = await lastVersion(db, orgId, key.id);
  if (!last) return 'the key has no version log';
  if (!last.hash.equals(chainHash(orgId, key.id, last))) return 'the version log was changed';
  if (last.event === 'revoked') return 'the key was revoked before';
  if (last.version !== key.version || !last.blobHash.equals(hashOf(key.blob))) return 'the key is not at its newest version';
  return undefined;
}

/** Keys whose row is behind their log, in every org: for the check at start and once a day. */
export function findRolledBack(db: Sql): Promise<{ orgId: string; keyId: string }[]> {
  return db.query(
    `SELECT c.org_id AS "orgId", c.id AS "keyId"
       FROM vault.credential c
       LEFT JOIN LATERAL (SELECT * FROM vault.credential_version_log l WHERE l.org_id = c.org_id AND l.key_id = c.id AND ${OF_VERSION_IN_USE} ORDER BY sequence DESC LIMIT 1) last ON true
      WHERE last.key_id IS NULL OR last.version <> c.key_version OR (last.event = 'revoked') <> (c.status = 'revoked')
         OR last.blob_hash <> sha256(coalesce(c.blob, ''::bytea))
      ORDER BY c.id LIMIT 1000`,
  );
}

async function lastVersion(db: Sql, orgId: KeyOrg, keyId: string): Promise<LoggedVersion | undefined> {
  const [row] = await db.query<LoggedVersion>(`${SELECT} AND ${OF_VERSION_IN_USE} ORDER BY sequence DESC LIMIT 1`, [orgId, keyId]);
  return row;
}

function chainHash(orgId: KeyOrg, keyId: string, entry: Omit<LoggedVersion, 'hash'>): Buffer {
  const bytes = lengthPrefixed('byok/version-log/v1', entry.previousHash, orgId, keyId, entry.sequence, entry.version, entry.event, entry.blobHash);
  return createHash('sha256').update(bytes).digest();
}

function hashOf(blob: Buffer | null): Buffer {
  return createHash('sha256').update(blob ?? Buffer.alloc(0)).digest();
}
