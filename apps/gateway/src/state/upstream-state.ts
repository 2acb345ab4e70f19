import { AppError } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import type { Database, Log, Sql } from '@byok/platform';
import { LRUCache } from 'lru-cache';
import type { Handle } from './named-handles.js';

export interface UpstreamState {
  /** The key that made it; undefined for what no call of this holder made through us. @throws AppError service_unavailable */
  keyOf(principal: Principal, handle: Handle): Promise<string | undefined>;
  /** Remembers which key made it, here at once and for other gateways within moments. Never fails the call. */
  remember(principal: Principal, handle: Handle, keyId: string): void;
  close(): Promise<void>;
}

interface Row {
  orgId: string;
  holder: string;
  handle: Handle;
  keyId: string;
}

const MAX_REMEMBERED = 50_000;
const FLUSH_MS = 10;
const MOST_PER_INSERT = 1_000;
const MOST_WAITING = 20_000;
/** Providers keep answers for 30 days; a conversation may rest longer. */
const KEPT_DAYS = 90;
const CLEAN_EVERY_MS = 60 * 60 * 1_000;

/** Which key made what: in this process's memory, and in a table that all gateways share. */
export function openUpstreamState(db: Database, log: Log): UpstreamState {
  const recent = new LRUCache<string, string>({ max: MAX_REMEMBERED });
  let waiting: Row[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = async (): Promise<void> => {
    timer = undefined;
    const rows = waiting.splice(0, MOST_PER_INSERT);
    if (rows.length === 0) return;
    try {
      await insert(db, rows);
      if (waiting.length > 0) schedule();
    } catch (error) {
      log.warn({ error, rows: rows.length }, 'could not note which key made what: calls that go on from there may be refused');
      if (waiting.length < MOST_WAITING) waiting.unshift(...rows);
    }
  };
  const schedule = (): void => void (timer ??= setTimeout(() => void flush(), FLUSH_MS));
  const cleaning = setInterval(() => void clean(db, log), CLEAN_EVERY_MS).unref();
  return {
    keyOf: async (principal, handle) => {
      const row = { orgId: principal.orgId, holder: holderOf(principal), handle };
      return recent.get(nameOf(row)) ?? find(db.forOrg(row.orgId), row);
    },
    remember: (principal, handle, keyId) => {
      const row = { orgId: principal.orgId, holder: holderOf(principal), handle, keyId };
      recent.set(nameOf(row), keyId);
      waiting.push(row);
      schedule();
    },
    close: async () => {
      clearInterval(cleaning);
      clearTimeout(timer);
      await flush();
    },
  };
}

/** A user goes on wherever they sign in; services share what is their group's or their org's. */
function holderOf({ userId, tokenGroup, orgId }: Principal): string {
  return userId ?? tokenGroup ?? orgId;
}

function nameOf({ orgId, holder, handle }: Omit<Row, 'keyId'>): string {
  return `${orgId} ${holder} ${handle}`;
}

async function find(db: Sql, { orgId, holder, handle }: Omit<Row, 'keyId'>): Promise<string | undefined> {
  try {
    const [row] = await db.query<{ key_id: string }>('SELECT key_id FROM gateway.upstream_state WHERE org_id = $1 AND holder = $2 AND handle = $3', [orgId, holder, handle]);
    return row?.key_id;
  } catch (error) {
    throw new AppError('service_unavailable', 'Which key an earlier call used cannot be looked up at the moment. Try again shortly.', { cause: error });
  }
}

/** What is known already stays as it is: an id belongs to the key that made it. */
async function insert(db: Sql, rows: readonly Row[]): Promise<void> {
  const column = (pick: (row: Row) => string): string[] => rows.map(pick);
  await db.query(
    `INSERT INTO gateway.upstream_state (org_id, holder, handle, key_id)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING`,
    [column((row) => row.orgId), column((row) => row.holder), column((row) => row.handle), column((row) => row.keyId)],
  );
}

async function clean(db: Sql, log: Log): Promise<void> {
  try {
    await db.query(`DELETE FROM gateway.upstream_state WHERE created_at < now() - interval '${KEPT_DAYS} days'`);
  } catch (error) {
    log.warn({ error }, 'could not forget old upstream state; the next try is in an hour');
  }
}
