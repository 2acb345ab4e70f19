import OpenAI from 'openai';
import { chat, eventsOf, HELLO } from '../support/gateway-client.js';
import { eventually } from '../support/eventually.js';
import { providerKeys } from '../support/provider-keys.js';
import { rawPost } from '../support/raw-post.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorld, newWorldWithKey, type World } from '../support/world.js';

const { upstream, standalone } = standaloneOfSuite();
const platformSecret = providerKeys.openai();

beforeAll(async () => {
  const operator = await standalone.operator();
  await operator.post('/api/keys', { owner: { type: 'platform' }, provider: 'openai', apiKey: platformSecret, skipTest: true });
});
beforeEach(() => upstream.reset());

/** Ann of a group with a good key; her own key is refused by the provider. */
async function annWithARefusedKey() {
  const setting = await newWorldWithKey(standalone, 'Fallback');
  const ann = await setting.world.session(setting.person);
  const refused = providerKeys.refusedOpenai();
  const own = await ann.post('/api/keys', { provider: 'openai', apiKey: refused, skipTest: true });
  return { ...setting, refused, ownKeyId: own['id'] as string };
}

/** Somebody of an org that may use platform keys, and has credits for them. */
async function orgWithCredits(orgFields: object = {}) {
  const world = await newWorld(standalone, 'Credits', { platformKeysGranted: true });
  if (Object.keys(orgFields).length > 0) await world.owner.patch(`/api/orgs/${world.orgId}`, orgFields);
  const operator = await standalone.operator();
  await operator.post(`/api/orgs/${world.orgId}/credits/grants`, { amountUsd: '5.00', kind: 'paid', idempotencyKey: world.orgId });
  return { world, person: await world.person('ann') };
}
const refusedKeyOf = (world: World) => world.key({ type: 'org' }, 'openai', providerKeys.refusedOpenai());

/** Of calls: a key that is refused is tried once more by itself, with the request that costs nothing. */
const callsSeen = () => upstream.witness().filter((row) => row.method === 'POST');
const keysSeen = () => callsSeen().map((row) => row.key);

describe('before the first byte', () => {
  it('goes from a refused own key to the key of the group, and says so', async () => {
    const { person, refused, secret } = await annWithARefusedKey();
    const answer = await chat(standalone.gatewayUrl, person.token);
    expect(answer.status).toBe(200);
    expect(keysSeen()).toEqual([refused, secret]);
    expect(answer.headers.get('x-byok-attempts')).toBe('2');
    expect(answer.headers.get('x-byok-key-owner')).toBe('group');
  });

  it('books the refused attempt on the refused key, without tokens, and the call once on the key that served it', async () => {
    const { world, person, keyId } = await annWithARefusedKey();
    await chat(standalone.gatewayUrl, person.token);
    const told = callsSeen().at(-1)!.usage!;
    const lines = await eventually(() => world.usage('key'), (all) => all.some((line) => line.key === keyId));
    expect(lines.find((line) => line.key === keyId)).toMatchObject({ inputTokens: told.inputTokens, outputTokens: told.outputTokens });
    expect(lines.reduce((sum, line) => sum + line.totalTokens, 0)).toBe(told.inputTokens + told.outputTokens);
  });

  it('never shows the caller the key that a provider quotes in its refusal', async () => {
    const world = await newWorld(standalone, 'Echo');
    const person = await world.person('ann');
    const refused = providerKeys.refusedOpenai();
    await world.key({ type: 'org' }, 'openai', refused);
    const answer = await chat(standalone.gatewayUrl, person.token);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(`${answer.text}${JSON.stringify([...answer.headers])}`).not.toContain(refused.slice(8, -4));
  });

  it('goes on to the next key when a provider is overloaded or cuts the line', async () => {
    for (const rule of [{ status: 503 }, { status: 500 }, { cutAfterEvents: 0 }]) {
      const { world, person, secret } = await newWorldWithKey(standalone, 'Next');
      const orgSecret = providerKeys.openai();
      await world.key({ type: 'org' }, 'openai', orgSecret);
      upstream.behave({ when: { key: secret }, ...rule });
      const answer = await chat(standalone.gatewayUrl, person.token);
      expect({ rule, status: answer.status, owner: answer.headers.get('x-byok-key-owner') }).toEqual({ rule, status: 200, owner: 'org' });
      expect(keysSeen().at(-1)).toBe(orgSecret);
    }
  });

  it("stops at the provider's word that the request itself is wrong", async () => {
    const { world, person, secret } = await newWorldWithKey(standalone, 'Wrong request');
    await world.key({ type: 'org' }, 'openai', providerKeys.openai());
    upstream.behave({ when: { key: secret }, status: 400, body: '{"error":{"message":"bad temperature","type":"invalid_request_error","param":"temperature","code":null}}' });
    expect((await chat(standalone.gatewayUrl, person.token)).status).toBe(400);
    expect(keysSeen()).toEqual([secret]);
  });
});

describe('after the first byte', () => {
  it('takes no second key: a cut stream ends with an error event, never a clean end', async () => {
    const { world, person, secret } = await newWorldWithKey(standalone, 'Cut');
    await world.key({ type: 'org' }, 'openai', providerKeys.openai());
    upstream.behave({ when: { key: secret }, textTokens: 50, cutAfterEvents: 5 });
    const body = JSON.stringify({ model: 'gpt-4o-mini', messages: HELLO, stream: true });
    const { text } = await rawPost(`${standalone.gatewayUrl}/v1/chat/completions`, { authorization: `Bearer ${person.token}` }, body);
    expect(eventsOf(text).at(-1)).toMatchObject({ error: { code: 'stream_cut' } });
    expect(text).not.toContain('[DONE]');
    expect(keysSeen()).toEqual([secret]);
    expect(await world.usage('org', 1)).toMatchObject([{ requests: 1, estimatedRequests: 1 }]);
  });

  it("tells the official client as its own error class that a stream was cut", async () => {
    const { person, secret } = await newWorldWithKey(standalone, 'Cut for the SDK');
    upstream.behave({ when: { key: secret }, textTokens: 50, cutAfterEvents: 5 });
    const openai = new OpenAI({ baseURL: `${standalone.gatewayUrl}/v1`, apiKey: person.token, maxRetries: 0 });
    const stream = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], stream: true });
    const read = async () => {
      for await (const _ of stream);
    };
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError);
  });
});

describe('consent to spend platform credits', () => {
  it('uses a platform key by default when nobody has a key for the model', async () => {
    const { person } = await orgWithCredits();
    const answer = await chat(standalone.gatewayUrl, person.token);
    expect([answer.status, answer.headers.get('x-using-byok'), answer.headers.get('x-byok-key-owner')]).toEqual([200, 'false', 'platform']);
    expect(keysSeen()).toEqual([platformSecret]);
  });

  it('never goes from a failing own key to the platform key by default', async () => {
    const { world, person } = await orgWithCredits();
    await refusedKeyOf(world);
    const answer = await chat(standalone.gatewayUrl, person.token);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(keysSeen()).not.toContain(platformSecret);
  });

  it('goes to the platform key when the org chose that, and says so', async () => {
    const { world, person } = await orgWithCredits({ platformCredits: 'when-no-key-or-key-fails' });
    await refusedKeyOf(world);
    const answer = await chat(standalone.gatewayUrl, person.token);
    expect([answer.status, answer.headers.get('x-byok-key-owner')]).toEqual([200, 'platform']);
  });

  it('never uses a platform key where the org said never, or was not granted one', async () => {
    const never = await orgWithCredits({ platformCredits: 'never' });
    const notGranted = await newWorld(standalone, 'Not granted');
    for (const token of [never.person.token, (await notGranted.person('ben')).token]) {
      expect((await chat(standalone.gatewayUrl, token)).status).toBe(403);
    }
    expect(keysSeen()).toEqual([]);
  });
});

describe('an aggregator key', () => {
  it('serves any model, before a direct key unless the org says otherwise', async () => {
    const { world, person, groupId, secret } = await newWorldWithKey(standalone, 'Aggregator');
    const aggregator = providerKeys.openrouter();
    await world.key({ type: 'group', id: groupId }, 'openrouter', aggregator);
    const first = await chat(standalone.gatewayUrl, person.token);
    expect([first.status, first.headers.get('x-provider')]).toEqual([200, 'openrouter']);
    expect(upstream.witness()[0]).toMatchObject({ key: aggregator, model: 'openai/gpt-4o-mini' });
    await world.owner.patch(`/api/orgs/${world.orgId}`, { aggregator: 'last' });
    const then = await eventually(() => chat(standalone.gatewayUrl, person.token), (answer) => answer.headers.get('x-provider') === 'openai', 5_000);
    expect(then.headers.get('x-provider')).toBe('openai');
    expect(keysSeen().at(-1)).toBe(secret);
  });
});
