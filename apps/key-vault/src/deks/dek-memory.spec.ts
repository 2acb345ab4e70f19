import type { Dek } from '@byok/envelope';

import { kmsError } from '../kms/kms-fault.js';
import { DekMemory } from './dek-memory.js';

const MINUTE = 60_000;
const DEK = { id: 'dek' } as Dek;
const away = kmsError('unreachable', 'kms:', 'away');
const refused = kmsError('refused', 'kms:', 'disabled');

/** A KMS that does what it is told, a clock that stands until it is moved. */
function world(isCustomers = false) {
  let now = 0;
  const memory = new DekMemory({ now: () => now });
  const state = { questions: 0, failure: undefined as unknown };
  const open = async () => {
    state.questions += 1;
    if (state.failure) throw state.failure;
    return { dek: DEK, isCustomers };
  };
  const settled = (): Promise<void> => new Promise((resume) => setImmediate(resume));
  return { state, memory, at: (time: number) => (now = time), get: () => memory.get('org/dek/1', open), settled };
}

describe('DEKs in memory', () => {
  it('E24 serves what it has for ten minutes of a KMS that is away, with a question every few seconds, and asks at once when it is back', async () => {
    const { state, get, at, settled } = world();
    await get();
    state.failure = away;
    for (let time = 9.9 * MINUTE; time < 20 * MINUTE; time += 100) {
      at(time);
      expect(await get()).toBe(DEK);
      await settled();
    }
    expect(state.questions).toBeLessThan(2 + (10.1 * MINUTE) / 5_000 + 1);
    state.failure = undefined;
    at(19.99 * MINUTE);
    await get();
    at(25 * MINUTE);
    expect(await get()).toBe(DEK);
  });

  it('E24 asks once for all that wait, and not at all while what it has is fresh', async () => {
    const { state, get, at } = world();
    await Promise.all(Array.from({ length: 50 }, get));
    at(7 * MINUTE);
    await Promise.all(Array.from({ length: 50 }, get));
    expect(state.questions).toBe(1);
  });

  it.each([refused, away])('E24 asks once a second for what the KMS does not give, however many calls there are', async (failure) => {
    const { state, get, at } = world();
    state.failure = failure;
    for (const _ of [1, 2, 3]) await expect(get()).rejects.toBe(failure);
    expect(state.questions).toBe(1);
    at(1_000);
    state.failure = undefined;
    expect(await get()).toBe(DEK);
  });

  it('E24 does not serve for ever: after twenty minutes without an answer it is over', async () => {
    const { state, get, at } = world();
    await get();
    state.failure = away;
    at(20 * MINUTE + 1);
    await expect(get()).rejects.toBe(away);
  });

  it('does not take an idle DEK beyond its ten minutes for fresh when the KMS answers', async () => {
    const { state, get, at } = world();
    await get();
    state.failure = refused;
    at(10 * MINUTE);
    await expect(get()).rejects.toBe(refused);
  });

  it('E14 stops at the first question that the KMS refuses, however fresh the DEK is', async () => {
    const { state, get, at, settled } = world();
    await get();
    state.failure = refused;
    at(8 * MINUTE);
    await get();
    await settled();
    await expect(get()).rejects.toBe(refused);
  });

  it.each([away, refused])('E17 keeps nothing of a customer’s KEK for longer than a minute, whether the KMS refuses or is away', async (failure) => {
    const { state, get, at, memory } = world(true);
    await get();
    at(20_000);
    expect(memory.keepMs('org/dek/1')).toBe(40_000);
    state.failure = failure;
    at(47_000);
    expect(await get()).toBe(DEK);
    at(MINUTE);
    await expect(get()).rejects.toBe(failure);
  });

  it('E17 does not keep what was being unwrapped when the org was dropped', async () => {
    const { state, get, memory } = world();
    const underway = get();
    memory.drop('org/');
    await underway;
    await get();
    expect(state.questions).toBe(2);
  });
});
