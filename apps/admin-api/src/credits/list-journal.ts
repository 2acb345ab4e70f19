import type { CreditsForAdmin, JournalItem, JournalMessage, Page, PageQuery } from '@byok/contracts';
import { getOrg, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';

export async function listJournal(deps: { db: Database; billing: Pick<CreditsForAdmin, 'listJournal'> }, principal: Principal, orgId: string, page: PageQuery): Promise<Page<JournalItem>> {
  const org = orgOf(principal, orgId);
  demand(principal, 'credits:read', { org });
  await getOrg(deps.db, org);
  const { items, next } = await deps.billing.listJournal({ orgId: org, after: page.after ?? '', limit: page.limit });
  return { items: items.map(journalToWire), next: next || null };
}

function journalToWire({ id, kind, bookedAt, reverses, ref, lines }: JournalMessage): JournalItem {
  return { id, kind: kind as JournalItem['kind'], bookedAt, reverses: reverses || null, ref: JSON.parse(ref || '{}') as Record<string, unknown>, lines: [...lines] };
}
