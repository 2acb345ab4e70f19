import type { BillingOfficeForAdmin, ImportPrices, PriceImport } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import { importToWire } from './price-to-wire.js';

/** Takes over a reviewed list of prices; a dry run only shows what would change. */
export async function importPrices(deps: { db: Database; office: Pick<BillingOfficeForAdmin, 'importPrices'> }, principal: Principal, { file, dryRun }: ImportPrices): Promise<PriceImport> {
  const org = principal.orgId;
  demand(principal, 'price:update', { org });
  const message = { file: file ? JSON.stringify(file) : '', actor: actorOf(principal) };
  if (dryRun) return importToWire(await deps.office.importPrices({ ...message, dryRun }));
  const target = file?.source ?? 'bundled';
  return recordChange(deps.db, principal, { org, action: 'price.import', target }, async () => importToWire(await deps.office.importPrices({ ...message, dryRun })));
}
