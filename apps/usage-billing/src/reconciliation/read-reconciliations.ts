import type { ReconciliationMessage, ReconciliationReportMessage, VarianceMessage } from '@byok/contracts';
import { AppError, formatUsd } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { z } from 'zod';
import { findReconciliation, listOurs, listReconciliations as readList, listTheirs, type ReconciliationRow, type SideRow } from '../store/reconciliations.store.js';
import { parse } from '../wire/parse.js';
import { reconciliationToWire } from './import-cost-export.js';
import { commonModelName } from './read-export.js';

const DIMENSIONS = ['day', 'key', 'model'] as const;
type Dimension = (typeof DIMENSIONS)[number];

const page = { after: z.string().max(1024), limit: z.number().int().min(1).max(1000) };
const ListMessage = z.object(page);
const Message = z.object({ id: z.string().max(64), by: z.array(z.enum(DIMENSIONS)).max(DIMENSIONS.length), ...page });

interface Variance {
  day: string;
  key: string;
  model: string;
  ours: bigint;
  theirs: bigint;
  unpriced: bigint;
}

export async function listReconciliations(deps: { db: Sql }, message: unknown): Promise<{ items: ReconciliationMessage[]; next: string }> {
  const { after, limit } = parse(ListMessage, message);
  const rows = await readList(deps.db, after, limit + 1);
  const items = rows.slice(0, limit).map(reconciliationToWire);
  return { items, next: rows.length > limit ? items.at(-1)!.id : '' };
}

/** What a provider says against what we counted, by day, key and model, or as many of them as are asked for and the export tells. */
export async function getReconciliation(deps: { db: Sql }, message: unknown): Promise<ReconciliationReportMessage> {
  const { id, by, after, limit } = parse(Message, message);
  const reconciliation = await findReconciliation(deps.db, id);
  if (!reconciliation) throw new AppError('not_found', 'There is no such reconciliation.');
  const variances = compare(await listOurs(deps.db, reconciliation), await listTheirs(deps.db, id), dimensionsOf(reconciliation, by));
  const start = after === '' ? 0 : variances.findIndex((each) => nameOf(each) > after);
  const items = start < 0 ? [] : variances.slice(start, start + limit);
  const hasMore = start >= 0 && start + limit < variances.length;
  const ours = variances.reduce((sum, each) => sum + each.ours, 0n);
  return {
    reconciliation: reconciliationToWire(reconciliation),
    oursUsd: formatUsd(ours),
    differenceUsd: formatUsd(BigInt(reconciliation.theirs) - ours),
    items: items.map(varianceToWire),
    next: hasMore ? nameOf(items.at(-1)!) : '',
  };
}

function dimensionsOf({ hasKeys, hasModels }: ReconciliationRow, by: readonly Dimension[]): ReadonlySet<Dimension> {
  const told = DIMENSIONS.filter((each) => each === 'day' || (each === 'key' ? hasKeys : hasModels));
  return new Set(told.filter((each) => by.length === 0 || by.includes(each)));
}

function compare(ours: readonly SideRow[], theirs: readonly SideRow[], by: ReadonlySet<Dimension>): Variance[] {
  const sums = new Map<string, Variance>();
  const add = (row: SideRow, side: 'ours' | 'theirs'): void => {
    const place = { day: by.has('day') ? row.day : '', key: by.has('key') ? row.key : '', model: by.has('model') ? commonModelName(row.model) : '' };
    const name = nameOf(place);
    const sum = sums.get(name) ?? { ...place, ours: 0n, theirs: 0n, unpriced: 0n };
    sums.set(name, { ...sum, [side]: sum[side] + BigInt(row.amount), unpriced: sum.unpriced + BigInt(row.unpriced) });
  };
  for (const row of ours) add(row, 'ours');
  for (const row of theirs) add(row, 'theirs');
  return [...sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, variance]) => variance);
}

function nameOf({ day, key, model }: Pick<Variance, Dimension>): string {
  return JSON.stringify([day, key, model]);
}

function varianceToWire({ day, key, model, ours, theirs, unpriced }: Variance): VarianceMessage {
  return { day, key, model, oursUsd: formatUsd(ours), theirsUsd: formatUsd(theirs), differenceUsd: formatUsd(theirs - ours), unpricedEvents: Number(unpriced) };
}
