import type { BillingOfficeForAdmin, InvoiceHead, InvoiceHeadMessage, InvoiceLineEvent, InvoiceLineEventMessage, InvoiceLinePath, Page, PageQuery } from '@byok/contracts';
import { getOrg, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';

type Office<M extends keyof BillingOfficeForAdmin> = { office: Pick<BillingOfficeForAdmin, M> };

/** Invoices and credit notes, newest first. */
export async function listInvoices(deps: Office<'listInvoices'>, principal: Principal, orgId: string, { after = '', limit }: PageQuery): Promise<Page<InvoiceHead>> {
  const org = orgOf(principal, orgId);
  demand(principal, 'invoice:read', { org });
  const { items, next } = await deps.office.listInvoices({ orgId: org, after, limit });
  return { items: items.map(headToWire), next: next || null };
}

export interface InvoiceFile {
  content: Buffer;
  sha256: string;
  fileName: string;
  mediaType: string;
}

const MEDIA_TYPES = { json: 'application/json; charset=utf-8', csv: 'text/csv; charset=utf-8', pdf: 'application/pdf' } as const;

/** A month's invoice in the format that its name ends with, JSON unless told: the file that was sent out, or a draft. */
export async function readInvoice(deps: Office<'getInvoice'> & { db: Database }, principal: Principal, orgId: string, name: string): Promise<InvoiceFile> {
  const org = orgOf(principal, orgId);
  demand(principal, 'invoice:read', { org });
  const [month, format = 'json'] = name.split('.') as [string, keyof typeof MEDIA_TYPES | undefined];
  const { content, sha256, fileName } = await deps.office.getInvoice({ orgId: org, orgName: (await getOrg(deps.db, org)).name, month, format });
  return { content: Buffer.from(content), sha256, fileName, mediaType: MEDIA_TYPES[format] };
}

/** What a line is made of. */
export async function listLineEvents(deps: Office<'listInvoiceLineEvents'>, principal: Principal, path: InvoiceLinePath, { after = '', limit }: PageQuery): Promise<Page<InvoiceLineEvent>> {
  const org = orgOf(principal, path.org);
  demand(principal, 'invoice:read', { org });
  const { items, next } = await deps.office.listInvoiceLineEvents({ orgId: org, month: path.month, line: path.line, after, limit });
  return { items: items.map(eventToWire), next: next || null };
}

export function headToWire({ kind, status, closingBalanceUsd, ...head }: InvoiceHeadMessage): InvoiceHead {
  return { ...head, kind: kind as InvoiceHead['kind'], status: status as InvoiceHead['status'], closingBalanceUsd: closingBalanceUsd || null };
}

function eventToWire(event: InvoiceLineEventMessage): InvoiceLineEvent {
  const { id, at, baseUsd, markupUsd, amountUsd, markupBps } = event;
  return {
    ...{ id, kind: event.kind as InvoiceLineEvent['kind'], journal: event.journalId || null, at, requestId: event.requestId || null, provider: event.provider || null, model: event.model || null },
    ...{ user: event.userId || null, group: event.groupId || null, price: event.priceId || null, note: event.note || null },
    ...{ markupPercent: `${Math.floor(markupBps / 100)}.${String(markupBps % 100).padStart(2, '0')}`, baseUsd, markupUsd, amountUsd },
  };
}
