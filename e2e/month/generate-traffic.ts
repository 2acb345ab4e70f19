import { USAGE_QUEUE, type UsageBatch, type UsageEvent } from '@byok/contracts';
import { newId } from '@byok/kernel';
import { createLog, openQueue } from '@byok/platform';
import { superuserUrl } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import type { Standalone } from '../support/start-standalone.js';

const MODELS = [
  ['openai', 'gpt-4o'],
  ['openai', 'gpt-4o-mini'],
  ['anthropic', 'claude-sonnet-4-5'],
] as const;
const DAY_MS = 86_400_000;
const DAYS = 30;
const CALLS_A_DAY = 6;

/** Somebody whose calls are generated, in a group that has a key of its own for one call in three. */
export interface Spender {
  orgId: string;
  groupId: string;
  userId: string;
  platformKey: string;
  ownKey: string;
}

/** Thirty days of calls, sent as a gateway sends them: a batch for every day and org. */
export async function generateTraffic(standalone: Standalone, month: string, spenders: readonly Spender[]): Promise<number> {
  const queue = openQueue<UsageBatch>(USAGE_QUEUE, { databaseUrl: await superuserUrl(standalone) }, createLog('month', 'fatal'));
  const start = Date.parse(`${month}-01T00:00:00Z`);
  let sent = 0;
  for (let day = 0; day < DAYS; day++) {
    for (const [orgId, some] of Map.groupBy(spenders, (spender) => spender.orgId)) {
      const events = some.flatMap((spender, group) => Array.from({ length: CALLS_A_DAY }, (_, call) => aCall(spender, start + day * DAY_MS + call * 3_600_000, day + 3 * group + call)));
      await queue.add({ gatewayId: 'generated', events: events.map((event) => JSON.stringify(event)).join('\n') }, `${orgId}-${day}`);
      sent += events.length;
    }
  }
  await queue.close();
  await eventually(async () => (await standalone.sql<{ count: number }>('SELECT count(*)::int AS count FROM billing.usage_event'))[0]!.count, (count) => count >= sent, 60_000);
  await backToTheirDays(standalone, month);
  return sent;
}

function aCall({ orgId, groupId, userId, platformKey, ownKey }: Spender, startedAt: number, variety: number): UsageEvent {
  const [provider, model] = MODELS[variety % MODELS.length]!;
  const isOwn = variety % 3 === 2;
  return {
    ...{ v: 1, eventId: newId('event'), requestId: newId('request'), attempt: 1, orgId, groupId, userId, tokenId: null, provider, model, endpoint: 'chat', stream: false, tags: { project: `p${variety % 2}` } },
    ...(isOwn ? { keyId: ownKey, keyOwner: 'group', keyOwnerId: groupId } : { keyId: platformKey, keyOwner: 'platform', keyOwnerId: 'platform' }),
    ...{ outcome: 'ok', httpStatus: 200, errorCode: null, usageSource: 'provider', estimated: false, startedAt, firstByteAt: startedAt + 300, endedAt: startedAt + 900 },
    meters: { inputUncached: 997 + 131 * variety, cacheRead: 13 * variety, cacheWrite5m: 0, cacheWrite1h: 0, output: 101 + 17 * variety, reasoning: 0, audioIn: 0, audioOut: 0 },
  };
}

/** The ledger books when it hears of something, and nobody can tell it otherwise: only whoever has the disk turns its clock back. */
async function backToTheirDays(standalone: Standalone, month: string): Promise<void> {
  await standalone.sql('ALTER TABLE billing.journal DISABLE TRIGGER journal_is_append_only');
  await standalone.sql(
    `UPDATE billing.journal SET booked_at = COALESCE((SELECT max(event.ended_at) FROM billing.charge JOIN billing.usage_event AS event USING (event_id) WHERE charge.journal_id = journal.id), $1::timestamptz)`,
    [`${month}-01T00:00:00Z`],
  );
  await standalone.sql('ALTER TABLE billing.journal ENABLE TRIGGER journal_is_append_only');
}
