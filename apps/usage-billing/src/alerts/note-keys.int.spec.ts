import { newId } from '@byok/kernel';
import { anEvent } from '../spec/an-event.js';
import { billingOfSuite } from '../spec/billing-world.js';
import { takeDue } from '../store/outbox.store.js';
import { setAlertSettings } from './alert-settings.js';
import { noteKeys } from './note-keys.js';
import { listAlerts } from './read-alerts.js';

const world = billingOfSuite();

const NOW = Date.UTC(2026, 10, 21, 12);
const AT = '2026-12-01T00:00:00.000Z';
const note = (orgId: string, over: object = {}) => ({ orgId, keyId: 'key_1', ownerType: 'org', ownerId: orgId, provider: 'openai', what: 'expires_in_30_days', at: AT, detail: '', ...over });
const tell = (...items: object[]) => noteKeys({ db: world.db, clock: { now: () => NOW } }, { items });
const alertsOf = async (orgId: string) => (await listAlerts({ db: world.db }, { orgId })).items.map(({ kind, text }) => [kind, text]);
/** Everybody that something waits to be mailed to, of this org. */
const mailsOf = async (orgId: string) => (await takeDue(world.db, 1_000, 1_000, 0)).filter((delivery) => delivery.orgId === orgId && delivery.webhook === undefined).map(({ alert, mailTo }) => [alert.kind, ...mailTo]);

async function aPerson(orgId: string, facts: { role?: string; preferences?: object; status?: string } = {}): Promise<{ id: string; email: string }> {
  const id = newId('user');
  const email = `${id}@example.com`;
  await world.owner.query('INSERT INTO identity.app_user (id, org_id, email, name, role, status, settings) VALUES ($1, $2, $3, $1, $4, $5, $6)', [
    ...[id, orgId, email, facts.role ?? 'member', facts.status ?? 'active', JSON.stringify({ preferences: facts.preferences ?? {} })],
  ]);
  return { id, email };
}

describe('what gateways find out about keys apart from calls', () => {
  it('is told exactly once for 30, 7 and 1 days, the end itself and an old secret, however many say it at once', async () => {
    const orgId = await world.anOrg();
    const all = ['expires_in_30_days', 'expires_in_7_days', 'expires_in_1_day', 'expired', 'rotation_due'].map((what) => note(orgId, { what }));
    await Promise.all([tell(...all), tell(...all), tell(...all.toReversed())]);
    await tell(...all);
    expect((await alertsOf(orgId)).map(([kind]) => kind).sort()).toEqual(['key_expiring', 'key_expiring', 'key_expiring', 'key_expiring', 'key_rotation_due']);
    expect((await alertsOf(orgId)).map(([, text]) => text).join(' ')).toContain(`Key key_1 (openai) expires within 7 days: ${AT}`);
    // A later end is another one.
    await tell(note(orgId, { at: '2027-12-01T00:00:00.000Z' }));
    expect(await alertsOf(orgId)).toHaveLength(6);
  });

  it('goes to the addresses of the org, and to the owner of a personal key, at the address they have now', async () => {
    const orgId = await world.anOrg();
    await setAlertSettings({ db: world.db }, { orgId, mailTo: ['ops@example.com'] });
    const ann = await aPerson(orgId);
    const gone = await aPerson(orgId, { status: 'disabled' });
    await tell(note(orgId, { ownerType: 'user', ownerId: ann.id }), note(orgId, { keyId: 'key_2', ownerType: 'user', ownerId: gone.id, what: 'invalid', at: '', detail: 'Incorrect API key.' }));
    await world.owner.query('UPDATE identity.app_user SET email = $2 WHERE id = $1', [ann.id, `new-${ann.email}`]);
    expect((await mailsOf(orgId)).sort()).toEqual([['key_expiring', `new-${ann.email}`], ['key_expiring', 'ops@example.com'], ['key_failing'], ['key_failing', 'ops@example.com']]);
  });

  it('is of one org where a foreign user is named as the owner', async () => {
    const [orgId, other] = [await world.anOrg(), await world.anOrg()];
    const eve = await aPerson(other);
    await tell(note(orgId, { ownerType: 'user', ownerId: eve.id }));
    expect(await mailsOf(orgId)).toEqual([['key_expiring']]);
  });

  it('refuses what is no such note', async () => {
    const orgId = await world.anOrg();
    for (const bad of [{ what: 'stolen' }, { at: 'soon' }, { detail: 'two\nlines' }]) await expect(tell(note(orgId, bad))).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('a key that runs low', () => {
  const refused = { keyOwner: 'group' as const, keyId: 'key_low', outcome: 'error' as const, errorCode: 'rate_limited', httpStatus: 429, meters: null, usageSource: 'none' as const };

  it('is told to the callers who asked for it, by themselves or by their org, once a day, and to nobody else', async () => {
    const orgId = await world.anOrg();
    await setAlertSettings({ db: world.db }, { orgId, mailTo: ['ops@example.com'] });
    const [asked, silent] = [await aPerson(orgId, { preferences: { notifyOnLowQuota: true } }), await aPerson(orgId)];
    for (let times = 0; times < 3; times++) for (const { id } of [asked, silent]) await world.ingest(anEvent({ orgId, userId: id, ...refused }));
    await world.ingest(anEvent({ orgId, userId: asked.id, ...refused, keyId: 'key_own_limit', httpStatus: null }), anEvent({ orgId, userId: asked.id, ...refused, keyOwner: 'platform' }));
    expect(await alertsOf(orgId)).toEqual([['low_quota', 'Key key_low (openai) runs low: its provider limits its calls.']]);
    expect(await mailsOf(orgId)).toEqual([['low_quota', asked.email]]);
    await world.owner.query(`UPDATE identity.org SET settings = '{"preferences": {"notifyOnLowQuota": true}}' WHERE id = $1`, [orgId]);
    await world.ingest(anEvent({ orgId, userId: silent.id, ...refused, errorCode: 'key_no_credit', httpStatus: 402, keyId: 'key_empty' }));
    expect((await alertsOf(orgId)).filter(([kind]) => kind === 'low_quota')).toHaveLength(2);
  });

  it('is told by its balance, too: of a personal key to its owner, of a shared one to the admins who asked', async () => {
    const orgId = await world.anOrg();
    const wants = { preferences: { notifyOnLowQuota: true } };
    const [owner, admin, member] = [await aPerson(orgId, wants), await aPerson(orgId, { ...wants, role: 'admin' }), await aPerson(orgId)];
    const low = { what: 'low_balance', at: '', detail: 'USD 1.20 left at its provider' };
    await tell(note(orgId, { ...low, keyId: 'key_a', ownerType: 'user', ownerId: owner.id }), note(orgId, { ...low, keyId: 'key_b' }), note(orgId, { ...low, keyId: 'key_c', ownerType: 'user', ownerId: member.id }));
    expect((await mailsOf(orgId)).sort()).toEqual([['low_quota', owner.email], ['low_quota', admin.email]].sort());
  });
});
