import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Database } from '../db/open-database.js';
import type { Sql } from '../db/sql.js';
import type { Log } from '../log/create-log.js';
import { StartRefused } from '../runtime/run-service.js';
import { appendAudit, type AuditTable, type KnownRow, type KnownRows } from './audit-chain.js';
import { appendLine, hashLine, readCheckpoints, writeLine, type Anchor, type KnownHead, type Reading } from './checkpoint-file.js';

export interface CheckpointOptions {
  /** Sees the chains of all orgs. */
  db: Database;
  table: AuditTable;
  file: string;
  key: KeyObject;
  log: Log;
}

/** The ends of all chains, written down outside the database once a minute: whoever rewrites or cuts a chain there does not reach them here. */
export interface Checkpoints {
  /** One signed line for the chains that grew since the last one; none when none did. */
  write(): Promise<void>;
  /** What the file knows of an org's chain. */
  knownOf(orgId: string): Promise<KnownRows>;
}

export interface KeptCheckpoints {
  checkpoints: Checkpoints | undefined;
  stop(): void;
}

const EVERY_MS = 60_000;
const UNWRITTEN: Anchor = { number: 0, lineHash: '0'.repeat(64) };

export function openCheckpoints(options: CheckpointOptions): Checkpoints {
  const publicKey = createPublicKey(options.key);
  const read = (anchor: Anchor, visit: Parameters<typeof readCheckpoints>[2]): Promise<Reading> => readCheckpoints(options.file, { chain: options.table, key: publicKey, anchor }, visit);
  return {
    // The anchor's row keeps two writers apart, and two lines from continuing the same one.
    write: () => options.db.transaction(async (tx) => writeNext(tx, options, await lockAnchor(tx, options), read)),
    knownOf: async (orgId) => {
      const rows: KnownRow[] = [];
      const { fault } = await read(await findAnchor(options.db, options), ({ at, heads }) => {
        for (const { org, sequence, hash } of heads) if (org === orgId) rows.push({ sequence, hash, at });
      });
      return { rows, fault };
    },
  };
}

/** Opens what the configuration says, tells the audit when that is something else than before, and writes from now on. */
export async function keepCheckpoints(of: Omit<CheckpointOptions, 'file' | 'key'>, config: { BYOK_AUDIT_CHECKPOINT_FILE?: string | undefined; BYOK_AUDIT_CHECKPOINT_KEY?: string | undefined }): Promise<KeptCheckpoints> {
  const file = config.BYOK_AUDIT_CHECKPOINT_FILE;
  const place = file === undefined ? undefined : { file, key: checkpointKey(config.BYOK_AUDIT_CHECKPOINT_KEY) };
  await tellCheckpoints(of.db, of.table, place);
  if (!place) return { checkpoints: undefined, stop: () => undefined };
  const checkpoints = openCheckpoints({ ...of, ...place });
  return { checkpoints, stop: startCheckpoints(checkpoints, of.log) };
}

/** Writes now and every minute. What goes wrong is logged and tried again: no change waits for a checkpoint. */
function startCheckpoints(checkpoints: Checkpoints, log: Log): () => void {
  let running = false;
  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    await checkpoints.write().catch((error: unknown) => log.error({ error }, 'the audit checkpoint could not be written'));
    running = false;
  };
  void run();
  const timer = setInterval(() => void run(), EVERY_MS);
  return () => clearInterval(timer);
}

/** @throws StartRefused without a good key: lines that anybody could write prove nothing */
export function checkpointKey(pem: string | undefined): KeyObject {
  try {
    const key = createPrivateKey(pem ?? '');
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below: what is wrong with it may quote it.
  }
  throw new StartRefused('BYOK_AUDIT_CHECKPOINT_FILE needs BYOK_AUDIT_CHECKPOINT_KEY, an Ed25519 private key in PEM.');
}

/**
 * Writes into the audit of every org that runs the platform that checkpoints go to another file, are signed with another key, or have stopped.
 * Compared with what was said last, so a restart without them does not pass in silence. Nothing can turn the audit itself off.
 */
export async function tellCheckpoints(db: Database, table: AuditTable, place: { file: string; key: KeyObject } | undefined): Promise<void> {
  const setting = place ? `${place.file} ${fingerprintOf(place.key)}` : 'off';
  await db.transaction(async (tx) => {
    await tx.query(`INSERT INTO ${table}_setting (name, value) VALUES ('checkpoint', 'off') ON CONFLICT DO NOTHING`);
    const [told] = await tx.query<{ value: string }>(`SELECT value FROM ${table}_setting WHERE name = 'checkpoint' FOR UPDATE`);
    if (told!.value === setting) return;
    await tx.query(`UPDATE ${table}_setting SET value = $1 WHERE name = 'checkpoint'`, [setting]);
    const operators = await tx.query<{ orgId: string }>(`SELECT DISTINCT org_id AS "orgId" FROM identity.app_user WHERE is_operator AND status = 'active' ORDER BY 1`);
    const orgs = operators.length > 0 ? operators.map(({ orgId }) => orgId) : ['platform'];
    const entry = { action: place ? 'audit.checkpoint_changed' : 'audit.checkpoint_off', actorId: 'configuration', targetId: table, outcome: 'allowed' as const, details: { before: told!.value, now: setting } };
    for (const orgId of orgs) await appendAudit(tx, table, { ...entry, orgId });
  });
}

async function writeNext(tx: Sql, options: CheckpointOptions, anchor: Anchor, read: (anchor: Anchor, visit: Parameters<typeof readCheckpoints>[2]) => Promise<Reading>): Promise<void> {
  const { table, file, key, log } = options;
  const known = new Map<string, KnownHead>();
  const { last, fault } = await read(anchor, ({ heads }) => heads.forEach((head) => known.set(head.org, head)));
  // A line after a fault would look as if all before it had been well.
  if (fault) return log.error({ chain: table, fault }, 'the checkpoint file was changed behind our back: nothing is written to it any more');
  const heads = (await findHeads(tx, table)).filter((head) => hasGrown(head, known.get(head.org), table, log));
  const line = heads.length > 0 ? writeLine({ chain: table, number: last.number + 1, at: new Date().toISOString(), heads, previous: last.lineHash }, key) : undefined;
  if (line) await appendLine(file, line);
  const written = line ? { number: last.number + 1, lineHash: hashLine(line) } : last;
  if (written.number === anchor.number) return;
  await tx.query(`UPDATE ${table}_checkpoint SET number = $2, line_hash = $3, at = clock_timestamp() WHERE file = $1`, [file, written.number, written.lineHash]);
  // The log is a second place outside: a file that was replaced as a whole, with its anchor, is not what was told here.
  log.info({ chain: table, checkpoint: written.number, hash: written.lineHash, chains: heads.length }, 'audit checkpoint');
}

/** A chain that is shorter than a checkpoint knew it, or ends otherwise, was cut or rewritten: no checkpoint is made of that. */
function hasGrown(head: KnownHead, before: KnownHead | undefined, table: AuditTable, log: Log): boolean {
  if (!before || head.sequence > before.sequence) return true;
  if (head.sequence < before.sequence || head.hash !== before.hash) log.error({ chain: table, orgId: head.org, sequence: before.sequence }, 'an audit chain is not what its checkpoint knew: rows were cut off or written anew');
  return false;
}

async function findHeads(tx: Sql, table: AuditTable): Promise<KnownHead[]> {
  return (await tx.query<{ org: string; sequence: string; hash: string }>(`SELECT org_id AS org, sequence, encode(hash, 'hex') AS hash FROM ${table}_head ORDER BY org_id`)).map((head) => ({ ...head, sequence: Number(head.sequence) }));
}

async function lockAnchor(tx: Sql, { table, file }: CheckpointOptions): Promise<Anchor> {
  await tx.query(`INSERT INTO ${table}_checkpoint (file, number, line_hash) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING`, [file, UNWRITTEN.lineHash]);
  return readAnchor(await tx.query(`SELECT number, line_hash AS "lineHash" FROM ${table}_checkpoint WHERE file = $1 FOR UPDATE`, [file]));
}

async function findAnchor(db: Sql, { table, file }: CheckpointOptions): Promise<Anchor> {
  return readAnchor(await db.query(`SELECT number, line_hash AS "lineHash" FROM ${table}_checkpoint WHERE file = $1`, [file]));
}

function readAnchor([row]: { number: string; lineHash: string }[]): Anchor {
  return row ? { number: Number(row.number), lineHash: row.lineHash } : UNWRITTEN;
}

/** In groups, as people compare them; an unbroken run would be withheld from the row as a secret is. */
function fingerprintOf(key: KeyObject): string {
  const hex = createHash('sha256').update(createPublicKey(key).export({ type: 'spki', format: 'der' })).digest('hex');
  return hex.slice(0, 32).match(/.{4}/g)!.join('-');
}
