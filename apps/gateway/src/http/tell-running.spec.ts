import type { NoteRunningMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import { Placed } from '../placed.js';
import type { Call } from './call.js';
import { TellRunning } from './tell-running.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function setUp() {
  const running = new Placed<Call>();
  const told: NoteRunningMessage[] = [];
  const vault = {
    answer: [] as string[],
    failure: undefined as AppError | undefined,
    noteRunning: async (request: NoteRunningMessage) => {
      told.push(request);
      if (vault.failure) throw vault.failure;
      return { keyIds: vault.answer };
    },
  };
  const cut: (string | undefined)[] = [];
  const add = (keyId: string | undefined, stream: boolean): Call => {
    const call = { record: { ...(keyId ? { attempt: { keyId } } : {}), stream }, place: -1, cutShort: (reason: AppError) => cut.push(`${keyId} ${reason.code}`) } as unknown as Call;
    running.add(call);
    return call;
  };
  const telling = new TellRunning({ gatewayId: 'gw1', vault, running, log: quiet });
  const tick = async (now: number): Promise<void> => {
    telling.tick(now);
    await new Promise(setImmediate);
  };
  return { running, told, vault, cut, add, tick };
}

describe('a gateway tells what runs with which keys', () => {
  it('every ten seconds while anything does, and once more when nothing does', async () => {
    const { told, add, tick, running } = setUp();
    await tick(20_000);
    expect(told).toEqual([]);
    const calls = [add('key_a', true), add('key_a', false), add('key_b', true), add(undefined, false)];
    for (const now of [20_000, 21_000, 29_999]) await tick(now);
    expect(told.map(({ items }) => items)).toEqual([[{ keyId: 'key_a', calls: 2, streams: 1 }, { keyId: 'key_b', calls: 1, streams: 1 }]]);
    for (const call of calls) running.delete(call);
    for (const now of [30_000, 40_000, 50_000]) await tick(now);
    expect(told.map(({ items }) => items.length)).toEqual([2, 0]);
    expect(told.map(({ gatewayId }) => gatewayId)).toEqual(['gw1', 'gw1']);
  });

  it('cuts the calls with a key that was sealed, though it never heard the notice, and no others', async () => {
    const { vault, cut, add, tick } = setUp();
    for (const key of ['key_a', 'key_b', 'key_a']) add(key, true);
    vault.answer = ['key_a'];
    await tick(10_000);
    expect(cut).toEqual(['key_a key_disabled', 'key_a key_disabled']);
  });

  it('goes on telling after the vault was away', async () => {
    const { vault, told, add, tick } = setUp();
    add('key_a', true);
    vault.failure = new AppError('service_unavailable', 'away');
    await tick(10_000);
    vault.failure = undefined;
    await tick(20_000);
    expect(told).toHaveLength(2);
  });
});
