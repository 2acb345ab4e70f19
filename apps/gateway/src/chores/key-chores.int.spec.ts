import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyNoteMessage, LifetimeForGateway, ProbeResultMessage, RevalidationMessage } from '@byok/contracts';
import { createLog, EVERY_ORG, openDatabase, systemClock, type Database } from '@byok/platform';
import { testDatabase, type TestDatabase } from '@byok/testing';
import { openSpool } from '../spool/open-spool.js';
import { endLease, holdLease } from './hold-lease.js';
import { KeyChores } from './key-chores.js';

const log = createLog('test', 'fatal');
let test: TestDatabase;
let db: Database;
beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('gateway'), applicationName: 'test', log, scope: EVERY_ORG });
});
afterAll(async () => {
  await db.close();
  await test.close();
});
beforeEach(() => db.query('DELETE FROM gateway.lease'));

describe('a lease', () => {
  it('is one holder’s until it ends by the database’s clock, is given back, or is held anew', async () => {
    const all = await Promise.all(['a', 'b', 'c'].map((holder) => holdLease(db, 'chore', holder, 60_000)));
    expect(all.filter(Boolean)).toHaveLength(1);
    const [winner, loser] = all[0] ? ['a', 'b'] : ['b', 'a'].includes(['a', 'b', 'c'][all.indexOf(true)]!) ? ['b', 'a'] : ['c', 'a'];
    expect([await holdLease(db, 'chore', winner, 60_000), await holdLease(db, 'chore', loser, 60_000), await holdLease(db, 'another', loser, 60_000)]).toEqual([true, false, true]);
    await db.query(`UPDATE gateway.lease SET until = clock_timestamp() - interval '1 millisecond' WHERE name = 'chore'`);
    expect([await holdLease(db, 'chore', loser, 60_000), await holdLease(db, 'chore', winner, 60_000)]).toEqual([true, false]);
    await endLease(db, 'chore', winner);
    expect(await holdLease(db, 'chore', winner, 60_000)).toBe(false);
    await endLease(db, 'chore', loser);
    expect(await holdLease(db, 'chore', winner, 60_000)).toBe(true);
  });
});

describe('the chores with keys', () => {
  const NOTHING: RevalidationMessage = { id: '', keyId: '', orgId: '', owner: { type: '', id: '' }, provider: '', secret: '', config: {} };
  const idle = (keyId: string, provider: string): RevalidationMessage => ({ id: keyId, keyId, orgId: 'org_a', owner: { type: 'org', id: 'org_a' }, provider, secret: 'sk', config: {} });

  /** Gateways over one vault with these idle keys; probes end when they are told to. */
  const world = (keys: RevalidationMessage[], failures = 0) => {
    const seen = { tried: [] as string[], reported: [] as string[], notes: [] as KeyNoteMessage[], excepted: [] as (readonly string[])[] };
    const waiting: (() => void)[] = [];
    const vault: LifetimeForGateway = {
      takeRevalidation: async ({ exceptProviders }) => {
        seen.excepted.push(exceptProviders);
        const at = keys.findIndex(({ provider }) => !exceptProviders.includes(provider));
        return at === -1 ? NOTHING : keys.splice(at, 1)[0]!;
      },
      reportRevalidation: async ({ keyId }) => ({ reported: seen.reported.push(keyId) }),
      keyWarnings: async ({ after }) => {
        if (failures-- > 0) throw new Error('the vault is away');
        return after === '' ? { items: [{ orgId: 'org_a', keyId: 'key_old', owner: { type: 'org', id: 'org_a' }, provider: 'openai', warning: 'expired', at: '2026-01-01T00:00:00.000Z' }], next: 'key_old' } : { items: [], next: '' };
      },
    };
    const probe = (): Promise<ProbeResultMessage> => new Promise((resolve) => waiting.push(() => resolve({ outcome: 'valid', message: '', latencyMs: 1, modelSeen: '', balanceUsd: '' })));
    const gateway = (id: string) => new KeyChores({ db, vault, billing: { noteKeys: async ({ items }) => ({ noted: seen.notes.push(...items) }) }, probe, pause: async () => undefined, clock: systemClock, log, id });
    return { seen, gateway, answer: () => waiting.splice(0).forEach((each) => each()) };
  };

  it('are done by one gateway of several, and by another one when it is gone', async () => {
    const { seen, gateway, answer } = world([idle('key_1', 'openai'), idle('key_2', 'groq')]);
    const [one, other] = [gateway('one'), gateway('other')];
    await one.tick();
    await other.tick();
    await other.tick();
    expect(seen.excepted).toHaveLength(1);
    expect(seen.notes).toEqual([{ orgId: 'org_a', keyId: 'key_old', ownerType: 'org', ownerId: 'org_a', provider: 'openai', what: 'expired', at: '2026-01-01T00:00:00.000Z', detail: '' }]);
    answer();
    await one.close();
    expect(seen.reported).toEqual(['key_1']);
    await other.tick();
    answer();
    await other.close();
    expect(seen.reported).toEqual(['key_1', 'key_2']);
  });

  it('are taken up at once by a gateway that starts again with the spool folder of one that crashed, and by no other one', async () => {
    const root = mkdtempSync(join(tmpdir(), 'byok-chores-'));
    // Closed to free the folder; nobody gives the lease back, as after a crash.
    const idWith = async (folder: string): Promise<string> => {
      const spool = openSpool({ folder: join(root, folder), queue: { add: async () => undefined, close: async () => undefined }, clock: systemClock, log });
      await spool.close();
      return spool.gatewayId;
    };
    const { seen, gateway, answer } = world([idle('key_1', 'openai'), idle('key_2', 'groq')]);
    const [crashed, other, again] = [gateway(await idWith('one')), gateway(await idWith('other')), gateway(await idWith('one'))];
    for (const each of [crashed, other]) await each.tick();
    expect(seen.excepted).toHaveLength(1);
    for (const each of [again, other]) await each.tick();
    expect(seen.excepted).toHaveLength(2);
    answer();
    await Promise.all([again, other].map((each) => each.close()));
    expect(seen.reported.sort()).toEqual(['key_1', 'key_2']);
    rmSync(root, { recursive: true, force: true });
  });

  it('try one key of a provider at a time, and none of those that have no free request', async () => {
    const { seen, gateway, answer } = world([idle('key_1', 'openai'), idle('key_2', 'openai'), idle('key_3', 'groq')]);
    const one = gateway('one');
    for (let each = 0; each < 3; each++) await one.tick();
    expect(seen.excepted.map((excepted) => [excepted.includes('openai'), excepted.includes('groq')])).toEqual([[false, false], [true, false], [true, true]]);
    expect(seen.excepted[0]!.length).toBeGreaterThan(0);
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    await one.tick();
    answer();
    await one.close();
    expect(seen.reported.sort()).toEqual(['key_1', 'key_2', 'key_3']);
  });

  it('go on after an error of the vault', async () => {
    const { seen, gateway, answer } = world([idle('key_1', 'openai')], 1);
    const one = gateway('one');
    await one.tick();
    expect(seen.excepted).toHaveLength(0);
    await one.tick();
    answer();
    await one.close();
    expect(seen.reported).toEqual(['key_1']);
  });
});
