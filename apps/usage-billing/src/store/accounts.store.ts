import { ACCOUNT_KINDS } from '@byok/ledger';
import type { NanoUsd } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { unnestRows } from './unnest.js';

/** An org's credits: what came in and was not charged, and what running calls have reserved of it. */
export interface Wallet {
  orgId: string;
  postedNanoUsd: NanoUsd;
  heldNanoUsd: NanoUsd;
  floorNanoUsd: NanoUsd;
}

interface Row {
  org_id: string;
  posted_nano_usd: string;
  held_nano_usd: string;
  floor_nano_usd: string;
}

const WALLET = 'org_id, posted_nano_usd, held_nano_usd, floor_nano_usd';

export function availableIn(wallet: Wallet): NanoUsd {
  return wallet.postedNanoUsd - wallet.heldNanoUsd - wallet.floorNanoUsd;
}

export async function findWallet(db: Sql, orgId: string): Promise<Wallet | undefined> {
  const [row] = await db.query<Row>(`SELECT ${WALLET} FROM billing.account WHERE org_id = $1 AND kind = 'wallet'`, [orgId]);
  return row && walletOf(row);
}

/**
 * Locks the wallets of these orgs, in the one order in which everybody does, after every budget counter. Whoever holds the lock is
 * alone with the org's holds, lots and charges. An org without a wallet has none in the answer.
 */
export async function lockWallets(tx: Sql, orgIds: readonly string[]): Promise<Map<string, Wallet>> {
  if (orgIds.length === 0) return new Map();
  const rows = await tx.query<Row>(`SELECT ${WALLET} FROM billing.account WHERE kind = 'wallet' AND org_id = ANY ($1) ORDER BY org_id FOR UPDATE`, [orgIds]);
  return new Map(rows.map((row) => [row.org_id, walletOf(row)]));
}

/** As lockWallets, with an empty wallet, and the accounts on the other side, for who has none yet. */
export async function openWallets(tx: Sql, orgIds: readonly string[]): Promise<Map<string, Wallet>> {
  const wallets = await lockWallets(tx, orgIds);
  if (orgIds.every((orgId) => wallets.has(orgId))) return wallets;
  await tx.query(
    `INSERT INTO billing.account (org_id, kind) SELECT org_id, kind FROM unnest($1::text[]) AS org_id, unnest($2::text[]) AS kind ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
    [orgIds, ACCOUNT_KINDS],
  );
  return lockWallets(tx, orgIds);
}

/** Reserves (+) or frees (-) in wallets that the transaction has locked. */
export async function moveHeld(tx: Sql, moves: readonly { orgId: string; heldNanoUsd: NanoUsd }[]): Promise<void> {
  const real = moves.filter((move) => move.heldNanoUsd !== 0n);
  if (real.length === 0) return;
  const { from, parameters } = unnestRows(
    [
      ['org_id', 'text', ({ orgId }) => orgId],
      ['moved', 'bigint', ({ heldNanoUsd }) => heldNanoUsd.toString()],
    ],
    real,
  );
  await tx.query(`UPDATE billing.account SET held_nano_usd = held_nano_usd + row.moved FROM ${from} WHERE account.org_id = row.org_id AND account.kind = 'wallet'`, parameters);
}

function walletOf(row: Row): Wallet {
  return {
    orgId: row.org_id,
    postedNanoUsd: BigInt(row.posted_nano_usd),
    heldNanoUsd: BigInt(row.held_nano_usd),
    floorNanoUsd: BigInt(row.floor_nano_usd),
  };
}
