import OpenAI from 'openai';
import { eventually } from '../support/eventually.js';
import { providerKeys } from '../support/provider-keys.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorldWithKey } from '../support/world.js';

const REQUEST = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Which of you answers?' }] };
const REVOKED = { status: 401, body: JSON.stringify({ error: { message: 'Incorrect API key provided.', type: 'invalid_request_error', param: null, code: 'invalid_api_key' } }) };

const { upstream, standalone } = standaloneOfSuite();

describe('a key gets a new secret while calls go on', () => {
  it('is tried with a fifth of the calls, taken back when it is bad, promoted when it is good; no call fails, even as the old one is revoked', async () => {
    const { world, person, keyId, secret } = await newWorldWithKey(standalone, 'Canary');
    const openai = new OpenAI({ baseURL: `${standalone.gatewayUrl}/v1`, apiKey: person.token, maxRetries: 0 });
    // A call that fails throws, and the story with it.
    const calls = async (count: number, atOnce = 20) => {
      for (let done = 0; done < count; done += atOnce) await Promise.all(Array.from({ length: atOnce }, () => openai.chat.completions.create(REQUEST)));
    };
    const seenWith = (key: string) => upstream.witness().filter((row) => row.key === key && row.status === 200).length;
    const path = `/api/keys/${keyId}`;
    const rotate = (apiKey: string, body: object) => world.owner.post(`${path}/rotate`, { apiKey, skipTest: true, ...body });
    const candidateIs = (wanted: (candidate: { calls: { answered: number }; currentCalls: { answered: number } } | null) => boolean) => eventually(() => world.owner.get(path), ({ candidate }) => wanted(candidate));
    await calls(20);

    const fresh = providerKeys.openai();
    expect(await rotate(fresh, { canaryPercent: 20 })).toMatchObject({ version: 1, candidate: { version: 2, canaryPercent: 20 } });
    await eventually(async () => openai.chat.completions.create(REQUEST), () => seenWith(fresh) > 0);
    const [freshBefore, oldBefore] = [seenWith(fresh), seenWith(secret)];
    await calls(200);
    const withFresh = seenWith(fresh) - freshBefore;
    expect(withFresh + seenWith(secret) - oldBefore).toBe(200);
    // 40 of 200 are to be expected; five standard deviations either way.
    expect(withFresh).toBeGreaterThanOrEqual(12);
    expect(withFresh).toBeLessThanOrEqual(68);
    const counted = await candidateIs((candidate) => candidate!.calls.answered === seenWith(fresh) && candidate!.currentCalls.answered >= 200 - withFresh);
    expect(counted['candidate']).toMatchObject({ calls: { answered: seenWith(fresh), refused: 0, failed: 0 }, currentCalls: { refused: 0, failed: 0 } });
    expect(await world.owner.post(`${path}/rollback`)).toMatchObject({ version: 1, candidate: null });

    const bad = providerKeys.refusedOpenai();
    await rotate(bad, { canaryPercent: 50, rollbackAfter: 3 });
    await eventually(async () => calls(20), () => upstream.witness().filter((row) => row.key === bad).length >= 3);
    expect((await candidateIs((candidate) => candidate === null))['candidate']).toBeNull();
    const rows = (await world.owner.get(`/api/orgs/${world.orgId}/audit?limit=200`))['items'] as { action: string; details: Record<string, unknown> }[];
    expect(rows.find(({ action, details }) => action === 'key.rollback' && details['by'] === 'gateway')?.details).toMatchObject({ candidateVersion: 3 });

    await rotate(fresh, { canaryPercent: 50 });
    const underWay = calls(100);
    expect(await world.owner.post(`${path}/promote`)).toMatchObject({ version: 4, candidate: null, former: { version: 1 }, status: 'active' });
    upstream.behave({ when: { key: secret }, ...REVOKED });
    await underWay;
    const before = seenWith(fresh);
    await calls(40);
    expect(seenWith(fresh) - before).toBe(40);
    expect(await world.owner.get(path)).toMatchObject({ status: 'active', version: 4 });
    const versions = await eventually(() => standalone.sql<{ version: number | null }>(`SELECT DISTINCT key_version AS version FROM billing.usage_event WHERE key_id = '${keyId}' AND outcome = 'ok' ORDER BY 1`), (rows) => rows.length >= 3);
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 4]);
  });
});
