import type { OrgId, TokenId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import type { Tx } from '../types.js';
import { Tally } from './tally.js';

/** A call that was denied to somebody who did present a secret of ours. */
export interface DeniedCall {
  tokenId: TokenId;
  /** Why, as the caller was told. */
  code: string;
}

/** For the gateway, which may count denied calls and read none. */
export function tallyDeniedCalls(db: Sql): Tally<DeniedCall> {
  return new Tally(({ tokenId, code }, count) => db.query('SELECT identity.note_denied_call($1, $2, $3)', [tokenId, code, count]));
}

/** Takes the counts away, to be written into the audit. */
export async function takeDeniedCalls(tx: Tx): Promise<(DeniedCall & { orgId: OrgId; count: number; firstAt: Date })[]> {
  const rows = await tx.query<DeniedCall & { orgId: OrgId; count: string; firstAt: Date }>(
    `DELETE FROM identity.denied_call RETURNING org_id AS "orgId", token_id AS "tokenId", code, count, first_at AS "firstAt"`,
  );
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
