import { Readable } from 'node:stream';
import type { AuditExportQuery, AuditItem, VaultForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { toCsv } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { StreamableFile } from '@nestjs/common';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { listAudit } from './list-audit.js';

const PAGE = 200;
const COLUMNS = ['chain', 'sequence', 'at', 'action', 'outcome', 'actorId', 'targetId'] as const;

const FORMATS = {
  ndjson: { type: 'application/x-ndjson; charset=utf-8', head: '', write: (items: readonly AuditItem[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('') },
  csv: { type: 'text/csv; charset=utf-8', head: toCsv([[...COLUMNS, 'details']]), write: (items: readonly AuditItem[]) => toCsv(items.map((item) => [...COLUMNS.map((name) => item[name]), JSON.stringify(item.details)])) },
};

/** Every row of both chains as a file, newest first. That it was taken is in the chain before the first byte of it leaves. */
export async function exportAudit(deps: { db: Database; vault: Pick<VaultForAdmin, 'listAudit'> }, principal: Principal, orgId: string, { format }: AuditExportQuery): Promise<StreamableFile> {
  const org = orgOf(principal, orgId);
  demand(principal, 'audit:read', { org });
  // The rows are read while the file is on its way, when the request's own scope is over.
  const db = deps.db.forOrg(org);
  await recordChange(db, principal, { org, action: 'audit.export', target: org, details: { format } }, async () => undefined);
  const { type, head, write } = FORMATS[format];
  async function* file(): AsyncGenerator<string> {
    yield head;
    for (let after: string | undefined, isLast = false; !isLast; ) {
      const { items, next } = await listAudit({ ...deps, db }, principal, org, { limit: PAGE, ...(after === undefined ? {} : { after }) });
      yield write(items);
      after = next ?? undefined;
      isLast = next === null;
    }
  }
  return new StreamableFile(Readable.from(file(), { objectMode: false }), { type, disposition: `attachment; filename="audit.${format}"` });
}
