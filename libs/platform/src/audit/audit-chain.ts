import { createHash } from 'node:crypto';
import type { Sql } from '../db/sql.js';
import { safeDetails, withoutSecrets } from './safe-details.js';

export type AuditTable = 'vault.audit' | 'identity.audit';

/** A fact about who did what. `details` takes named plain facts only; whatever else is given, or looks like a secret, is not written. */
export interface AuditEntry {
  orgId: string;
  action: string;
  actorId: string;
  targetId: string;
  outcome: 'allowed' | 'denied' | 'failed';
  details?: Record<string, string | number | boolean | null | readonly string[]>;
}

export interface AuditRow extends Required<Omit<AuditEntry, 'details'>> {
  sequence: number;
  /** RFC 3339, milliseconds, by the database's clock. */
  at: string;
  details: string;
}

export interface AuditVerdict {
  ok: boolean;
  rows: number;
  firstBadSequence: number | null;
  reason: string | null;
  /** The newest row that was written down outside the database and is still there; null when nothing was, or nobody asked. */
  checkpoint: { sequence: number; at: string } | null;
}

/** A row as it was written down outside the database. */
export interface KnownRow {
  sequence: number;
  /** hex */
  hash: string;
  /** When that was. */
  at: string;
}

/** All of them in order, and what is wrong with the place where they are kept. */
export interface KnownRows {
  rows: readonly KnownRow[];
  fault: string | null;
}

interface StoredRow extends AuditRow {
  previousHash: Buffer;
  hash: Buffer;
}

const GENESIS: Buffer = Buffer.alloc(32);

/**
 * Appends one row to the org's chain, in the caller's transaction: the row exists if and only if the change does.
 * Writers of one org queue on its head row, so the chain cannot fork; take it as the last statement to keep that lock short.
 */
export async function appendAudit(tx: Sql, table: AuditTable, entry: AuditEntry): Promise<void> {
  await tx.query(`INSERT INTO ${table}_head (org_id, sequence, hash) VALUES ($1, 0, $2) ON CONFLICT (org_id) DO NOTHING`, [entry.orgId, GENESIS]);
  const [head] = await tx.query<{ sequence: string; hash: Buffer; at: string }>(
    `SELECT sequence, hash, ${isoTime('clock_timestamp()')} AS at FROM ${table}_head WHERE org_id = $1 FOR UPDATE`,
    [entry.orgId],
  );
  const row: AuditRow = { ...entry, targetId: withoutSecrets(entry.targetId), sequence: Number(head!.sequence) + 1, at: head!.at, details: safeDetails(entry.details) };
  const hash = hashRow(head!.hash, row);
  await tx.query(
    `INSERT INTO ${table} (org_id, sequence, at, action, actor_id, target_id, outcome, details, previous_hash, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [row.orgId, row.sequence, row.at, row.action, row.actorId, row.targetId, row.outcome, row.details, head!.hash, hash],
  );
  await tx.query(`UPDATE ${table}_head SET sequence = $2, hash = $3 WHERE org_id = $1`, [row.orgId, row.sequence, hash]);
}

/** Rows of one org, newest first, `after` being the sequence that the previous page ended on. */
export async function listAudit(db: Sql, table: AuditTable, orgId: string, after?: number, limit = 50): Promise<AuditRow[]> {
  const rows = await db.query<StoredRow>(`${SELECT(table)} WHERE org_id = $1 AND ($2::bigint IS NULL OR sequence < $2) ORDER BY sequence DESC LIMIT $3`, [
    orgId,
    after ?? null,
    Math.min(Math.max(limit, 1), 500),
  ]);
  return rows.map(({ previousHash: _previous, hash: _hash, ...row }) => ({ ...row, sequence: Number(row.sequence) }));
}

/**
 * Walks the org's chain from its first row and names the first one that does not fit; a missing tail is found by the head. Rows that
 * were removed or rewritten together with everything after them and the head are found by what is known outside the database.
 */
export async function verifyAudit(db: Sql, table: AuditTable, orgId: string, outside?: { knownOf(orgId: string): Promise<KnownRows> }): Promise<AuditVerdict> {
  const known = (await outside?.knownOf(orgId)) ?? { rows: [], fault: null };
  const expected = new Map(known.rows.map((row) => [row.sequence, row]));
  const bad = (firstBadSequence: number | null, reason: string): AuditVerdict => ({ ok: false, rows: sequence, firstBadSequence, reason, checkpoint });
  let previous: Buffer = GENESIS;
  let sequence = 0;
  let checkpoint: AuditVerdict['checkpoint'] = null;
  for (;;) {
    const page = await db.query<StoredRow>(`${SELECT(table)} WHERE org_id = $1 AND sequence > $2 ORDER BY sequence LIMIT 1000`, [orgId, sequence]);
    for (const stored of page) {
      const row = { ...stored, sequence: Number(stored.sequence) };
      const fault = faultOf(row, previous, sequence);
      if (fault) return bad(sequence + 1, fault);
      previous = row.hash;
      sequence = row.sequence;
      const told = expected.get(sequence);
      if (told && told.hash !== previous.toString('hex')) return bad((checkpoint?.sequence ?? 0) + 1, `the chain was written anew from this row or a later one: at row ${sequence} it is not what the checkpoint of ${told.at} knew`);
      if (told) checkpoint = { sequence, at: told.at };
    }
    if (page.length < 1000) break;
  }
  const last = known.rows.at(-1);
  if (last && last.sequence > sequence) return bad(sequence + 1, `rows ${sequence + 1} to ${last.sequence} are missing at the end: the checkpoint of ${last.at} knew them`);
  const [head] = await db.query<{ sequence: string; hash: Buffer }>(`SELECT sequence, hash FROM ${table}_head WHERE org_id = $1`, [orgId]);
  const isWhole = head ? Number(head.sequence) === sequence && head.hash.equals(previous) : sequence === 0;
  if (!isWhole) return bad(sequence + 1, 'rows are missing at the end');
  return known.fault ? bad(null, known.fault) : { ok: true, rows: sequence, firstBadSequence: null, reason: null, checkpoint };
}

function faultOf(row: StoredRow, previous: Buffer, sequence: number): string | undefined {
  if (row.sequence !== sequence + 1) return 'a row is missing before this one';
  if (!row.previousHash.equals(previous)) return 'the row does not continue the one before it';
  if (!row.hash.equals(hashRow(previous, row))) return 'the row was changed';
  return undefined;
}

/** SHA-256 over the previous hash and every column, each part preceded by its length so that no two rows read alike. */
function hashRow(previous: Buffer, row: AuditRow): Buffer {
  const hash = createHash('sha256').update(previous);
  for (const part of [row.orgId, String(row.sequence), row.at, row.action, row.actorId, row.targetId, row.outcome, row.details]) {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest();
}

const isoTime = (expression: string): string => `to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const SELECT = (table: AuditTable): string =>
  `SELECT org_id AS "orgId", sequence, ${isoTime('at')} AS at, action, actor_id AS "actorId", target_id AS "targetId", outcome, details,
          previous_hash AS "previousHash", hash FROM ${table}`;
