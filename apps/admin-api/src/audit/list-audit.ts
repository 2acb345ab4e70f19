import type { AuditItem, AuditRowMessage, Page, PageQuery, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import type { Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import { listAudit as readChain, type Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { readCursor, writeCursor, type AuditPosition } from './audit-cursor.js';

/** Both chains of an org in one list, newest first. */
export async function listAudit(deps: { db: Database; vault: Pick<VaultForAdmin, 'listAudit'> }, principal: Principal, orgId: string, query: PageQuery): Promise<Page<AuditItem>> {
  const org = orgOf(principal, orgId);
  demand(principal, 'audit:read', { org });
  const position = readCursor(query.after);
  if (!position) throw new AppError('invalid_request', '"after" is not the "next" of an audit page.', { details: { field: 'after' } });
  const { limit } = query;
  const identity = (await readChain(deps.db, 'identity.audit', org, position.identity, limit)).map((row) => rowToWire('identity', row));
  // The vault answers for the caller's own org only, whoever asks.
  const vault = org === principal.orgId ? await readVault(deps.vault, principal, position, limit) : [];
  const items = [...identity, ...vault].sort(newestFirst).slice(0, limit);
  const isLast = identity.length < limit && vault.length < limit && items.length === identity.length + vault.length;
  return { items, next: isLast ? null : writeCursor(positionAfter(items, position)) };
}

async function readVault(vault: Pick<VaultForAdmin, 'listAudit'>, principal: Principal, position: AuditPosition, limit: number): Promise<AuditItem[]> {
  const { items } = await vault.listAudit({ actor: actorIds(principal), after: position.vault === undefined ? '' : String(position.vault), limit });
  return items.map((row) => rowToWire('vault', row));
}

function positionAfter(items: readonly AuditItem[], before: AuditPosition): AuditPosition {
  const lastOf = (chain: AuditItem['chain']) => items.findLast((item) => item.chain === chain)?.sequence;
  return { identity: lastOf('identity') ?? before.identity, vault: lastOf('vault') ?? before.vault };
}

/** By time; within a chain by sequence, so that equal times cannot turn rows round. */
function newestFirst(one: AuditItem, other: AuditItem): number {
  if (one.chain === other.chain) return other.sequence - one.sequence;
  return one.at === other.at ? 0 : one.at < other.at ? 1 : -1;
}

function rowToWire(chain: AuditItem['chain'], row: AuditRowMessage): AuditItem {
  const { sequence, at, action, outcome } = row;
  return { chain, sequence, at, action, outcome, actorId: row.actorId || null, targetId: row.targetId || null, details: JSON.parse(row.details || '{}') as Record<string, unknown> };
}
