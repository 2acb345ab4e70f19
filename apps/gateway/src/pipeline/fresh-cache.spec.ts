import { AppError } from '@byok/kernel';
import { ChangeLedger } from './change-ledger.js';
import { FreshCache } from './fresh-cache.js';

interface Value {
  org: string;
  version: number;
}

function setUp() {
  const world = { now: 0, loads: 0, failure: undefined as unknown, gate: undefined as Promise<void> | undefined };
  const changes = new ChangeLedger();
  const cache = new FreshCache<string, Value>({
    max: 10,
    freshMs: 30_000,
    staleMs: 300_000,
    clock: { now: () => world.now },
    changes,
    orgOf: (value) => value.org,
    load: async (org) => {
      world.loads += 1;
      const version = world.loads;
      await world.gate;
      if (world.failure) throw world.failure;
      return { org, version };
    },
  });
  return { world, changes, get: (org = 'org_a') => cache.get(org, org), cache };
}

const away = new AppError('service_unavailable', 'away');

describe('FreshCache', () => {
  it('gives a fresh value at once, without a promise', async () => {
    const { world, get } = setUp();
    await get();
    world.now = 20_000;
    expect(get()).toEqual({ org: 'org_a', version: 1 });
    expect(world.loads).toBe(1);
  });

  it('never gives a value beyond its own end, though it be fresh and its source away', async () => {
    const world = { now: 0, failure: undefined as unknown };
    const load = async (): Promise<Value> => {
      if (world.failure) throw world.failure;
      return { org: 'org_a', version: 1 };
    };
    const cache = new FreshCache<string, Value>({ max: 10, freshMs: 30_000, staleMs: 300_000, clock: { now: () => world.now }, changes: new ChangeLedger(), orgOf: (value) => value.org, endOf: () => 5_000, load });
    await cache.get('a', 'a');
    world.failure = away;
    world.now = 4_999;
    expect(cache.get('a', 'a')).toEqual({ org: 'org_a', version: 1 });
    world.now = 5_000;
    await expect(cache.get('a', 'a')).rejects.toBe(away);
  });

  it('asks once however many ask at the same time', async () => {
    const { world, get } = setUp();
    await Promise.all(Array.from({ length: 50 }, async () => get()));
    expect(world.loads).toBe(1);
  });

  it('loads anew ahead of the end, so that nobody waits', async () => {
    const { world, get } = setUp();
    await get();
    world.now = 25_000;
    expect(get()).toEqual({ org: 'org_a', version: 1 });
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(get()).toEqual({ org: 'org_a', version: 2 });
  });

  it('A07 forgets at once what a notice concerns, and nothing else', async () => {
    const { changes, get, world } = setUp();
    await get('org_a');
    await get('org_b');
    changes.note('org_a');
    expect(await get('org_a')).toMatchObject({ version: 3 });
    expect(get('org_b')).toMatchObject({ version: 2 });
    changes.note('platform');
    await Promise.all([get('org_a'), get('org_b')]);
    expect(world.loads).toBe(5);
  });

  it('does not keep what was read before a notice that came while it was loading', async () => {
    const { changes, get, world } = setUp();
    let open!: () => void;
    world.gate = new Promise((resolve) => (open = resolve));
    const before = get();
    changes.note('org_a');
    const after = get();
    open();
    expect(await before).toMatchObject({ version: 1 });
    expect(await after).toMatchObject({ version: 2 });
    expect(await get()).toMatchObject({ version: 2 });
  });

  it('H11 serves a stale value while the source is away, up to the limit and no longer', async () => {
    const { world, get, cache } = setUp();
    await get();
    world.failure = away;
    world.now = 40_000;
    expect(await get()).toMatchObject({ version: 1 });
    expect(cache.staleSince).toBe(40_000);
    expect(cache.staleServed).toBeGreaterThan(0);
    world.now = 301_000;
    await expect(get()).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  it('asks an absent source once a second, not with every call', async () => {
    const { world, get } = setUp();
    await get();
    world.failure = away;
    world.now = 40_000;
    await get();
    for (let call = 0; call < 100; call++) await get();
    expect(world.loads).toBe(2);
    world.now = 41_001;
    await get();
    expect(world.loads).toBe(3);
  });

  it('never serves stale what a notice has taken away, although the source is away', async () => {
    const { changes, world, get } = setUp();
    await get();
    world.failure = away;
    changes.note('org_a');
    await expect(get()).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  it('never serves stale when the source answers no', async () => {
    const { world, get } = setUp();
    await get();
    world.now = 31_000;
    world.failure = new AppError('token_revoked', 'revoked');
    await expect(get()).rejects.toMatchObject({ code: 'token_revoked' });
    await expect(get()).rejects.toMatchObject({ code: 'token_revoked' });
  });

  it('checks again after 5 s while notices may be missed', async () => {
    const { changes, world, get } = setUp();
    await get();
    changes.isListening = false;
    world.now = 5_500;
    expect(await get()).toMatchObject({ version: 2 });
  });
});
