import { createHash } from 'node:crypto';
import type { SecretReport, SecretVerdicts } from '@byok/contracts';
import { endOverlap, findTokenByText, revokeToken } from '@byok/identity';
import type { Clock } from '@byok/kernel';
import { appendAudit, type Database, type Log, type Sql } from '@byok/platform';

interface ReportDeps {
  db: Database;
  clock: Clock;
  log: Log;
}

type Found = SecretReport[number];

/**
 * Ends what leaked, and tells what was ours. Said again it changes nothing: what has ended does not end again.
 */
export async function takeReport(deps: ReportDeps, report: SecretReport): Promise<SecretVerdicts> {
  const items: SecretVerdicts['items'] = [];
  for (const found of report) items.push({ token_hash: createHash('sha256').update(found.token).digest('base64'), token_type: found.type ?? 'byok_token', label: (await endLeaked(deps, found)) ? 'true_positive' : 'false_positive' });
  return { items };
}

async function endLeaked({ db, clock, log }: ReportDeps, found: Found): Promise<boolean> {
  return db.transaction(async (tx) => {
    const leaked = await findTokenByText(tx, found.token, clock);
    if (!leaked) return false;
    const { token, isPrevious } = leaked;
    if (token.revokedAt) return true;
    // The secret after the one that leaked is nobody's but its owner's.
    if (isPrevious) await endOverlap(tx as Sql & { transaction?: never }, token.orgId, token.id);
    else await revokeToken(tx as Sql & { transaction?: never }, token.orgId, token.id);
    await appendAudit(tx, 'identity.audit', { orgId: token.orgId, action: 'token.leaked', actorId: 'secret-scanning', targetId: token.id, outcome: 'allowed', details: { ...placeOf(found), ended: isPrevious ? 'previous-secret' : 'token' } });
    log.warn({ org: token.orgId, token: token.id }, 'a token was reported as leaked and has ended');
    return true;
  });
}

/** Where it was seen. Of the address only the host: what stands behind it is the sender's to choose, and may hold the secret itself. */
function placeOf({ url, source }: Found): { source: string | null; host: string | null } {
  return { source: source && /^[a-z_ -]{1,40}$/i.test(source) ? source : null, host: url && URL.canParse(url) ? new URL(url).hostname.slice(0, 100) : null };
}
