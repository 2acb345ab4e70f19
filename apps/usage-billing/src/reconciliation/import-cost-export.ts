import { createHash } from 'node:crypto';
import type { ReconciliationMessage } from '@byok/contracts';
import { formatUsd, newId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { z } from 'zod';
import { findReconciliationByChecksum, insertReconciliation, type ReconciliationRow } from '../store/reconciliations.store.js';
import { parse } from '../wire/parse.js';
import { EXPORT_FORMATS, readExport, type CostRow } from './read-export.js';

const names = z.record(z.string().max(256), z.string().max(256)).default({});
const Message = z.object({ provider: z.string().min(1).max(64), format: z.enum(EXPORT_FORMATS), csv: z.string().max(4_000_000), keys: names, models: names, actor: z.string().min(1).max(64) });
type Message = z.infer<typeof Message>;

/** Takes over what a provider says it cost, to be compared with what we counted. The same export again is the one that is there. */
export async function importCostExport(deps: { db: Database }, message: unknown): Promise<ReconciliationMessage> {
  const asked = parse(Message, message);
  const costs = readExport(asked.format, asked.csv, asked);
  const checksum = createHash('sha256').update(JSON.stringify([asked.provider, asked.format, asked.csv, asked.keys, asked.models])).digest('hex');
  await deps.db.transaction((tx) => insertReconciliation(tx, { ...factsOf(asked, costs), checksum }, costs));
  return reconciliationToWire((await findReconciliationByChecksum(deps.db, checksum))!);
}

function factsOf({ provider, format, actor }: Message, costs: readonly CostRow[]): Omit<ReconciliationRow, 'createdAt'> {
  const days = costs.map((cost) => cost.day).sort();
  return {
    ...{ id: newId('reconciliation'), provider, format, firstDay: days[0]!, lastDay: days.at(-1)!, rows: costs.length, createdBy: actor },
    theirs: costs.reduce((sum, cost) => sum + cost.amountNanoUsd, 0n).toString(),
    hasKeys: costs.some((cost) => cost.key !== ''),
    hasModels: costs.some((cost) => cost.model !== ''),
  };
}

export function reconciliationToWire(row: ReconciliationRow): ReconciliationMessage {
  const { id, provider, format, rows, createdBy } = row;
  return { id, provider, format, from: row.firstDay, to: row.lastDay, rows, theirsUsd: formatUsd(BigInt(row.theirs)), createdAt: row.createdAt.toISOString(), createdBy };
}
