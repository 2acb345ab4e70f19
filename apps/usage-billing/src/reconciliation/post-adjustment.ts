import type { AdjustmentMessage } from '@byok/contracts';
import { AppError, formatUsd, parseUsd } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { z } from 'zod';
import { bookAdjustment } from '../corrections/book-adjustment.js';
import { findReconciliation } from '../store/reconciliations.store.js';
import { findOrg } from '../store/tiers.store.js';
import { parse } from '../wire/parse.js';

const Message = z.object({
  ...{ reconciliationId: z.string().max(64), orgId: z.string().min(1).max(64), amountUsd: z.string().regex(/^-?\d{1,9}(\.\d{1,9})?$/) },
  ...{ reason: z.string().min(1).max(500), reference: z.string().min(1).max(64), actor: z.string().min(1).max(64) },
});

/**
 * Charges an org (+), or gives back to it (-), what a reconciliation found to be missing: a journal of its own that names the
 * reconciliation. The same reference again is the same journal.
 */
export async function postAdjustment(deps: { db: Database }, message: unknown): Promise<AdjustmentMessage> {
  const { reconciliationId, orgId, amountUsd, reason, reference, actor } = parse(Message, message);
  const amountNanoUsd = parseUsd(amountUsd);
  if (amountNanoUsd === 0n) throw new AppError('invalid_request', 'An adjustment is not nothing.', { details: { fields: ['amountUsd'] } });
  return deps.db.transaction(async (tx) => {
    if (!(await findReconciliation(tx, reconciliationId))) throw new AppError('not_found', 'There is no such reconciliation.');
    if (!(await findOrg(tx, orgId))) throw new AppError('not_found', 'There is no such organisation.');
    const booking = { counterpart: 'usage_passthrough', cause: 'reconciliation', idemKey: `adj:${reconciliationId}:${orgId}:${reference}`, note: reason, ref: { reconciliationId, reference, amountUsd }, actor } as const;
    const journalId = await bookAdjustment(tx, { orgId, amountNanoUsd: -amountNanoUsd, ...booking });
    const [row] = await tx.query<{ at: Date; ref: { amountUsd: string } }>('SELECT booked_at AS at, ref FROM billing.journal WHERE id = $1', [journalId]);
    if (parseUsd(row!.ref.amountUsd) !== amountNanoUsd) throw new AppError('conflict', 'This reference was used for another adjustment. Use a new one.', { details: { journalId } });
    return { journalId, orgId, amountUsd: formatUsd(amountNanoUsd), reference, createdAt: row!.at.toISOString() };
  });
}
