import type { Sql } from '@byok/platform';

export interface CreditNoteRow {
  id: string;
  number: string;
  amountNanoUsd: bigint;
  reason: string;
  reference: string;
  journalId: string;
  createdAt: Date;
}

export async function findCreditNote(db: Sql, invoiceId: string, reference: string): Promise<CreditNoteRow | undefined> {
  const [row] = await db.query<Omit<CreditNoteRow, 'amountNanoUsd'> & { amount: string }>(
    `SELECT id, number, amount_nano_usd AS amount, reason, reference, journal_id AS "journalId", created_at AS "createdAt" FROM billing.credit_note WHERE invoice_id = $1 AND reference = $2`,
    [invoiceId, reference],
  );
  if (!row) return undefined;
  const { amount, ...note } = row;
  return { ...note, amountNanoUsd: BigInt(amount) };
}

export async function sumCreditNotes(db: Sql, invoiceId: string): Promise<bigint> {
  const [row] = await db.query<{ sum: string }>('SELECT COALESCE(sum(amount_nano_usd), 0) AS sum FROM billing.credit_note WHERE invoice_id = $1', [invoiceId]);
  return BigInt(row!.sum);
}

export async function insertCreditNote(
  tx: Sql,
  note: Omit<CreditNoteRow, 'createdAt'> & { orgId: string; invoiceId: string; entity: string; sequence: string; createdBy: string },
): Promise<void> {
  await tx.query(
    `INSERT INTO billing.credit_note (id, org_id, invoice_id, entity, sequence, number, amount_nano_usd, reason, reference, journal_id, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [note.id, note.orgId, note.invoiceId, note.entity, note.sequence, note.number, note.amountNanoUsd.toString(), note.reason, note.reference, note.journalId, note.createdBy],
  );
}
