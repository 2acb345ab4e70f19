import { createHash } from 'node:crypto';

import { lengthPrefixed } from '@byok/envelope';
import type { Sql } from '@byok/platform';

import type { KeyOrg, KeyRow } from './key-row.js';

interface LoggedVersion {
  sequence: number;
  version: number;
  event: 'sealed' | 'revoked';
  blobHash: Buffer;
  previousHash: Buffer;
  hash: Buffer;
}

const GENESIS = Buffer.alloc(32);
const SELECT = `SELECT sequence, version, event, blob_hash AS "blobHash", previous_hash AS "previousHash", hash FROM vault.credential_version_log WHERE org_id = $1 AND key_id = $2`;

/** Appends the key's present version to its log, in the transaction that sealed or revoked it. */
export async function logVersion(tx: Sql, orgId: KeyOrg, key: Pick<KeyRow, 'id' | 'version' | 'blob'>): Promise<void> {
  const last = await lastVersion(tx, orgId, key.id);
  const entry = { sequence: (last?.sequence ?? 0) + 1, version: key.version, event: key.blob ? ('sealed' as const) : ('revoked' as const), blobHash: hashOf(key.blob) };
  const previousHash = last?.hash ?? GENESIS;
  await tx.query(
    `INSERT INTO vault.credential_version_log (org_id, key_id, sequence, version, event, blob_hash, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [orgId, key.id, entry.sequence, entry.version, entry.event, entry.blobHash, previousHash, chainHash(orgId, key.id, { ...entry, previousHash })],
  );
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
       LEFT JOIN LATERAL (SELECT * FROM vault.credential_version_log l WHERE l.org_id = c.org_id AND l.key_id = c.id ORDER BY sequence DESC LIMIT 1) last ON true
      WHERE last.key_id IS NULL OR last.version <> c.key_version OR (last.event = 'revoked') <> (c.status = 'revoked')
         OR last.blob_hash <> sha256(coalesce(c.blob, ''::bytea))
      ORDER BY c.id LIMIT 1000`,
  );
}

async function lastVersion(db: Sql, orgId: KeyOrg, keyId: string): Promise<LoggedVersion | undefined> {
  const [row] = await db.query<LoggedVersion>(`${SELECT} ORDER BY sequence DESC LIMIT 1`, [orgId, keyId]);
  return row;
}

function chainHash(orgId: KeyOrg, keyId: string, entry: Omit<LoggedVersion, 'hash'>): Buffer {
  const bytes = lengthPrefixed('byok/version-log/v1', entry.previousHash, orgId, keyId, entry.sequence, entry.version, entry.event, entry.blobHash);
  return createHash('sha256').update(bytes).digest();
}

function hashOf(blob: Buffer | null): Buffer {
  return createHash('sha256').update(blob ?? Buffer.alloc(0)).digest();
}
