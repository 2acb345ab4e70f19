import type { UsageEvent } from '@byok/contracts';
import { newId } from '@byok/kernel';
import { anEvent, NO_METERS } from './an-event.js';
import type { BillingWorld } from './billing-world.js';

const MODELS = [
  ['openai', 'gpt-4o'],
  ['openai', 'gpt-4o-mini'],
  ['anthropic', 'claude-sonnet-4-5'],
] as const;

/** For specs: thirty days of calls of an org, by three groups, on platform credits and on a group's own key. */
export function thirtyDays(orgId: string, month: string, groups: readonly string[], callsADay = 4): UsageEvent[] {
  const start = Date.parse(`${month}-01T00:00:00Z`);
  return Array.from({ length: 30 }, (_, day) =>
    groups.flatMap((groupId, group) =>
      Array.from({ length: callsADay }, (_each, call) => {
        const [provider, model] = MODELS[(day + group + call) % MODELS.length]!;
        const keyOwner = call === callsADay - 1 ? 'group' : 'platform';
        const meters = { ...NO_METERS, inputUncached: 997 * (day + 1) + 31 * call, cacheRead: 13 * day, output: 101 * (group + 1) + 7 * call };
        return anEvent({ orgId, groupId, userId: `usr_${group}`, provider, model, keyOwner, keyOwnerId: keyOwner === 'group' ? groupId : 'platform', keyId: keyOwner === 'group' ? 'key_own' : 'key_platform', meters, startedAt: start + day * 86_400_000 + call * 60_000 });
      }),
    ),
  ).flat();
}

/** For specs: a call of gpt-4o on platform credits: 1,000 tokens out are a cent. */
export function aCall(orgId: string, startedAt: string, output: number): UsageEvent {
  return anEvent({ orgId, keyOwner: 'platform', keyOwnerId: 'platform', keyId: 'key_platform', requestId: newId('request'), meters: { ...NO_METERS, output }, startedAt: Date.parse(startedAt) });
}

/** For specs: everything that was booked just now was booked in that month instead. Only an owner who takes the triggers away can. */
export async function bookIn(world: BillingWorld, month: string): Promise<void> {
  await world.owner.query('ALTER TABLE billing.journal DISABLE TRIGGER journal_is_append_only');
  await world.owner.query(`UPDATE billing.journal SET booked_at = $1::timestamptz + interval '12 days' WHERE booked_at > now() - interval '1 hour'`, [`${month}-01T00:00:00Z`]);
  await world.owner.query('ALTER TABLE billing.journal ENABLE TRIGGER journal_is_append_only');
}
