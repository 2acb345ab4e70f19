import type { Principal } from '@byok/identity';
import { NOTHING_KNOWN, type Conditions, type UsableKey } from '@byok/routing';
import type { KeyRing } from './keys-for.js';
import { planCall } from './plan-call.js';
import { readWish, type Wish } from './read-wish.js';

const principal = (routing: object = {}): Principal =>
  ({
    orgId: 'org_a',
    userId: 'usr_a',
    groups: [],
    allowedModels: [],
    orgPolicy: { platformCredits: 'when-no-key', aggregator: 'first', platformKeysGranted: false },
    settings: { token: {}, user: {}, groups: [], org: { routing } },
  }) as unknown as Principal;
const key = (id: string, provider = 'openai', facts: Partial<UsableKey> = {}): UsableKey => ({ id, owner: { type: 'org', id: 'org_a' }, provider, version: 1, status: 'active', allowedModels: [], config: {}, priority: 100, ...facts });
const ring = (...keys: UsableKey[]): KeyRing => ({ orgId: 'org_a', keys, candidates: new Map() });
const wish = (model = 'gpt-4o'): Wish => readWish('chat', { bytes: Buffer.from(JSON.stringify({ model, messages: [] })), scan: null }, null);
const at = (now: number, known: Partial<Conditions> = {}): Conditions => ({ ...NOTHING_KNOWN, now, ...known });
const cooling = (id: string) => new Map([[id, new Map([['*', { until: 9_000, code: 'rate_limited' as const }]])]]);

describe('planCall remembers a plan', () => {
  it('of one answer to the same question, whatever happens to others and however much time goes by', () => {
    const [who, keys] = [principal(), ring(key('key_1'), key('key_2'))];
    const first = planCall(wish(), who, keys, at(0), 'req_1');
    expect(planCall(wish(), who, keys, at(1e12), 'req_2')).toBe(first);
    expect(planCall(wish(), who, keys, at(1, { cooling: cooling('key_of_somebody_else') }), 'req_3')).toBe(first);
    expect(planCall(wish(), who, ring(...keys.keys), at(0))).not.toBe(first);
    expect(planCall(wish(), principal(), keys, at(0))).not.toBe(first);
  });

  it('not while one of its keys is left alone, and again when that is over', () => {
    const [who, keys] = [principal(), ring(key('key_1'), key('key_2'))];
    const first = planCall(wish(), who, keys, at(0));
    expect(planCall(wish(), who, keys, at(1, { cooling: cooling('key_1') })).map(({ keyId }) => keyId)).toEqual(['key_2']);
    expect(planCall(wish(), who, keys, at(9_001, { cooling: cooling('key_1') })).map(({ keyId }) => keyId)).toEqual(['key_1', 'key_2']);
    expect(planCall(wish(), who, keys, at(9_002))).toBe(first);
  });

  it('for a second where it rests on prices or measurements, and never where it is drawn', () => {
    const keys = ring(key('key_1', 'google'), key('key_2', 'vertex-ai'));
    const who = principal();
    const first = planCall(wish('gemini-2.5-flash'), who, keys, at(1_000));
    expect(planCall(wish('gemini-2.5-flash'), who, keys, at(1_999))).toBe(first);
    expect(planCall(wish('gemini-2.5-flash'), who, keys, at(2_001))).not.toBe(first);
    const drawn = principal({ order: 'weighted' });
    const equal = ring(...Array.from({ length: 3 }, (_, each) => key(`key_${each}`)));
    expect(new Set(Array.from({ length: 50 }, (_, each) => planCall(wish(), drawn, equal, at(0), `req_${each}`)[0]!.keyId)).size).toBe(3);
  });
});
