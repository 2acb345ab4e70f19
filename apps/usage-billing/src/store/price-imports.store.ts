import type { Sql } from '@byok/platform';

export interface PriceImport {
  sequence: string;
  checksum: string;
}

export async function findNewestImport(db: Sql, source: string): Promise<PriceImport | undefined> {
  const [row] = await db.query<PriceImport>('SELECT sequence, checksum FROM billing.price_import WHERE source = $1 ORDER BY sequence DESC LIMIT 1', [source]);
  return row;
}

/** The newest import of any source; it changes whenever a price did. Undefined before the first one. */
export async function findNewestSequence(db: Sql): Promise<string | undefined> {
  const [row] = await db.query<{ sequence: string | null }>('SELECT max(sequence) AS sequence FROM billing.price_import');
  return row?.sequence ?? undefined;
}

export async function insertImport(tx: Sql, row: { source: string; checksum: string; prices: number; added: number; withdrawn: number; reviewedBy: string | null }): Promise<string> {
  const [inserted] = await tx.query<{ sequence: string }>(
    'INSERT INTO billing.price_import (source, checksum, prices, added, withdrawn, reviewed_by) VALUES ($1, $2, $3, $4, $5, $6) RETURNING sequence',
    [row.source, row.checksum, row.prices, row.added, row.withdrawn, row.reviewedBy],
  );
  return inserted!.sequence;
}
