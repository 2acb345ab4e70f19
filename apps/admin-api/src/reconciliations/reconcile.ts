import type {
  Adjustment,
  BillingOfficeForAdmin,
  ImportCostExport,
  Page,
  PageQuery,
  PostAdjustment,
  Reconciliation,
  ReconciliationQuery,
  ReconciliationReport,
} from '@byok/contracts';
import { getOrg, type Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';

type Deps = { db: Database; office: Pick<BillingOfficeForAdmin, 'importCostExport' | 'listReconciliations' | 'getReconciliation' | 'postAdjustment'> };

const DIMENSIONS: readonly string[] = ['day', 'key', 'model'];

/** Keeps what a provider says it cost. */
export async function importCostExport({ db, office }: Deps, principal: Principal, { provider, format, csv, keys = {}, models = {} }: ImportCostExport): Promise<Reconciliation> {
  const org = principal.orgId;
  demand(principal, 'ledger:adjust', { org });
  return recordChange(db, principal, { org, action: 'reconciliation.import', details: { provider, format } }, () =>
    office.importCostExport({ provider, format, csv, keys, models, actor: actorOf(principal) }),
  );
}

export async function listReconciliations({ office }: Deps, principal: Principal, { after = '', limit }: PageQuery): Promise<Page<Reconciliation>> {
  demand(principal, 'ledger:adjust', { org: principal.orgId });
  const { items, next } = await office.listReconciliations({ after, limit });
  return { items, next: next || null };
}

/** What a provider says against what was counted here. */
export async function readReconciliation({ office }: Deps, principal: Principal, id: string, query: ReconciliationQuery): Promise<ReconciliationReport> {
  demand(principal, 'ledger:adjust', { org: principal.orgId });
  const by = [...new Set((query.by ?? '').split(',').map((name) => name.trim()).filter(Boolean))];
  if (by.some((name) => !DIMENSIONS.includes(name))) throw new AppError('invalid_request', 'by takes day, key and model, separated by commas.', { details: { field: 'by' } });
  const { reconciliation, items, next, oursUsd, differenceUsd } = await office.getReconciliation({ id, by, after: query.after ?? '', limit: query.limit });
  const named = items.map(({ day, key, model, ...amounts }) => ({ day: day || null, key: key || null, model: model || null, ...amounts }));
  return { ...reconciliation, oursUsd, differenceUsd, items: named, next: next || null };
}

/** Charges an org, or gives back to it, what a reconciliation found. */
export async function postAdjustment({ db, office }: Deps, principal: Principal, id: string, { org: orgId, ...input }: PostAdjustment): Promise<Adjustment> {
  const org = orgOf(principal, orgId);
  demand(principal, 'ledger:adjust', { org });
  await getOrg(db, org);
  const details = { reconciliation: id, amountUsd: input.amountUsd, reference: input.reference };
  return recordChange(db, principal, { org, action: 'ledger.adjust', details }, async () => {
    const { journalId, amountUsd, reference, createdAt } = await office.postAdjustment({ reconciliationId: id, orgId: org, ...input, actor: actorOf(principal) });
    return { id: journalId, org, amountUsd, reference, createdAt };
  });
}
