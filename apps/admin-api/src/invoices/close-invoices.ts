import type { BillingOfficeForAdmin, CreateCreditNote, CreditNote, InvoiceHead, InvoicePath } from '@byok/contracts';
import { getOrg, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import { headToWire } from './read-invoices.js';

type Deps<M extends keyof BillingOfficeForAdmin> = { db: Database; office: Pick<BillingOfficeForAdmin, M> };

/** Closes a month of an org for good. Asked again, the answer is the same invoice. */
export async function finaliseInvoice(deps: Deps<'finaliseInvoice'>, principal: Principal, path: InvoicePath): Promise<InvoiceHead> {
  const org = orgOf(principal, path.org);
  demand(principal, 'invoice:finalise', { org });
  const { name: orgName } = await getOrg(deps.db, org);
  return recordChange(deps.db, principal, { org, action: 'invoice.finalise', details: { month: path.month } }, async () =>
    headToWire(await deps.office.finaliseInvoice({ orgId: org, orgName, month: path.month, actor: actorOf(principal) })),
  );
}

/** Takes a final invoice back in part or whole. */
export async function createCreditNote(deps: Deps<'createCreditNote'>, principal: Principal, path: InvoicePath, input: CreateCreditNote): Promise<CreditNote> {
  const org = orgOf(principal, path.org);
  demand(principal, 'invoice:finalise', { org });
  await getOrg(deps.db, org);
  const { month } = path;
  return recordChange(deps.db, principal, { org, action: 'invoice.credit-note', details: { month, amountUsd: input.amountUsd, reference: input.reference } }, async () => {
    const { journalId, ...note } = await deps.office.createCreditNote({ orgId: org, month, ...input, actor: actorOf(principal) });
    return { ...note, journal: journalId };
  });
}
