import { OWNERS, type Clock } from '@byok/kernel';
import type { Database, Sql } from '@byok/platform';
import { z } from 'zod';
import { raiseAlerts, type NewAlert } from '../store/alerts.store.js';
import { adminsWhoAskedForQuota, whoAskedForQuota } from '../store/people.store.js';
import { parse } from '../wire/parse.js';
import { lowQuota } from './low-quota.js';

const text = (max: number) => z.string().max(max).regex(/^[^\p{Cc}]*$/u);
const KeyNote = z.object({
  orgId: z.string().min(1).max(64),
  keyId: z.string().min(1).max(64),
  ownerType: z.enum(OWNERS),
  ownerId: z.string().max(64),
  provider: text(64),
  what: z.enum(['expired', 'expires_in_1_day', 'expires_in_7_days', 'expires_in_30_days', 'rotation_due', 'invalid', 'low_balance']),
  at: z.union([z.literal(''), z.iso.datetime()]),
  detail: text(200),
});
type KeyNote = z.infer<typeof KeyNote>;
const NoteKeysRequest = z.object({ items: z.array(KeyNote).max(1_000) });

/**
 * What a gateway found out about keys apart from calls: those that end soon, whose secret is old, which the provider refuses, or whose
 * account is nearly empty. However often it is said, it is told once.
 */
export async function noteKeys({ db, clock }: { db: Database; clock: Clock }, message: unknown): Promise<object> {
  const { items } = parse(NoteKeysRequest, message);
  await db.acrossOrgs().transaction(async (tx) => {
    const alerts: NewAlert[] = [];
    for (const note of items) alerts.push(...(await alertsOf(tx, note, clock.now())));
    await raiseAlerts(tx, alerts);
  });
  return {};
}

async function alertsOf(tx: Sql, note: KeyNote, now: number): Promise<NewAlert[]> {
  const { orgId, keyId, ownerType, provider, what, at, detail } = note;
  const day = new Date(now).toISOString().slice(0, 10);
  if (what === 'low_balance') return (await whoHearsOf(tx, note)).map((userId) => lowQuota({ orgId, keyId, provider, userId }, day, detail));
  const about = { orgId, subject: keyId, ...(ownerType === 'user' ? { userId: note.ownerId } : {}) };
  if (what === 'invalid') return [{ ...about, kind: 'key_failing', occasion: day, facts: { provider, keyOwner: ownerType, reason: detail } }];
  if (what === 'rotation_due') return [{ ...about, kind: 'key_rotation_due', occasion: at, facts: { provider, at } }];
  return [{ ...about, kind: 'key_expiring', occasion: `${what}/${at}`, facts: { provider, what, at } }];
}

/** Of somebody's own key they, of a shared one those who look after it; each if they asked for it. */
async function whoHearsOf(tx: Sql, { orgId, ownerType, ownerId }: KeyNote): Promise<string[]> {
  return ownerType === 'user' ? [...(await whoAskedForQuota(tx, [ownerId]))] : adminsWhoAskedForQuota(tx, orgId);
}
