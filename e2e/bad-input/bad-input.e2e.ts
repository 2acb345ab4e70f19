import type { Json } from '../support/admin-client.js';
import { chat, HELLO } from '../support/gateway-client.js';
import { providerKeys } from '../support/provider-keys.js';
import { rawPost, type RawAnswer } from '../support/raw-post.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorldWithKey } from '../support/world.js';

const MEGABYTE = 1024 * 1024;
const NESTED = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;

const { upstream, standalone } = standaloneOfSuite();
let setting: Awaited<ReturnType<typeof newWorldWithKey>>;
let revoked: string;

beforeAll(async () => {
  setting = await newWorldWithKey(standalone, 'Bad input');
  const { world } = setting;
  await world.key({ type: 'group', id: setting.groupId }, 'anthropic', providerKeys.anthropic());
  const leaver = await world.person('leaver');
  await world.owner.delete(`/api/tokens/${leaver.tokenId}`);
  revoked = leaver.token;
});

interface Dialect {
  name: string;
  path: string;
  headers(token: string): Record<string, string>;
  model: string;
  /** Takes the error out of its envelope, insisting on the envelope. */
  errorOf(answer: RawAnswer): Json;
}

const DIALECTS: Dialect[] = [
  {
    name: 'OpenAI',
    path: '/v1/chat/completions',
    headers: (token) => ({ authorization: `Bearer ${token}` }),
    model: 'gpt-4o-mini',
    errorOf: ({ text }) => {
      const { error } = JSON.parse(text) as Json;
      expect(error).toMatchObject({ message: expect.any(String), type: expect.any(String), code: expect.any(String) });
      expect(error).toHaveProperty('param');
      return error as Json;
    },
  },
  {
    name: 'Anthropic',
    path: '/v1/messages',
    headers: (token) => ({ 'x-api-key': token, 'anthropic-version': '2023-06-01' }),
    model: 'claude-haiku-4-5',
    errorOf: ({ text }) => {
      const answer = JSON.parse(text) as Json;
      expect(answer).toMatchObject({ type: 'error', error: { type: expect.any(String), message: expect.any(String) } });
      return answer['error'] as Json;
    },
  },
];

describe.each(DIALECTS)('bad input to the gateway, answered as $name would', (dialect) => {
  const body = (fields: object = {}) => JSON.stringify({ model: dialect.model, max_tokens: 10, messages: HELLO, ...fields });
  const post = (text: string | Buffer, token = setting.person.token, headers: Record<string, string> = {}) => rawPost(`${standalone.gatewayUrl}${dialect.path}`, { ...dialect.headers(token), ...headers }, text);

  async function refused(answer: Promise<RawAnswer>, status: number, saying: RegExp): Promise<string> {
    const received = await answer;
    const error = dialect.errorOf(received);
    expect({ status: received.status, message: error['message'] }).toEqual({ status, message: expect.stringMatching(saying) });
    return error['message'] as string;
  }

  it('malformed JSON', () => refused(post('{"model": "x", '), 400, /JSON/));
  it('an empty body', () => refused(post(''), 400, /body|JSON|empty/i));
  it('JSON that is not an object', () => refused(post('[1, 2]'), 400, /object/i));
  it('the same field twice', () => refused(post(body().replace('{', '{"model":"gpt-4o",')), 400, /twice/));
  it('a body of 21 MB', () => refused(post(Buffer.alloc(21 * MEGABYTE, 'a')), 413, /MB|bytes|large/i));
  it('10,000 levels of nesting', () => refused(post(body().replace('{', `{"deep":${NESTED},`)), 400, /deep|nest|level/i));
  it('no model', () => refused(post(body({ model: undefined })), 400, /model/));
  it('an unknown model', () => refused(post(body({ model: 'no-such-model-9' })), 404, /no-such-model-9/));
  it('a model for which there is no key: it says which owners were looked at', async () => {
    const message = await refused(post(body({ model: dialect.name === 'OpenAI' ? 'groq/llama-3.3-70b-versatile' : 'anthropic/claude-haiku-4-5' }), (await setting.world.person(`stranger-${dialect.name}`)).token), 403, /key/);
    for (const owner of ['user', 'org']) expect(message).toContain(owner);
  });
  it('a revoked token', () => refused(post(body(), revoked), 401, /revoked/));
  it('a token that never was', () => refused(post(body(), 'byok_live_not-one-of-ours'), 401, /token/i));
  it('no token', () => refused(rawPost(`${standalone.gatewayUrl}${dialect.path}`, {}, body()), 401, /token|authorization/i));
  it('two different tokens at once', () => refused(post(body(), setting.person.token, { authorization: `Bearer ${setting.person.token}`, 'x-api-key': revoked }), 400, /two|both|different/i));

  it('never reaches a provider', () => expect(upstream.witness()).toEqual([]));
});

describe('bad keys brought to the admin API', () => {
  const store = (provider: string, apiKey: string) => setting.world.owner.call('POST', '/api/keys', { owner: { type: 'group', id: setting.groupId }, provider, apiKey });

  it.each([
    ['the prefix of another provider', 'openai', () => providerKeys.anthropic(), 400, 'key_wrong_provider'],
    ['CR and LF in the middle', 'openai', () => providerKeys.openai().replace('e2e', 'e\r\nX-Evil: 2e'), 400, 'key_malformed'],
    ['a provider nobody knows', 'no-such-provider', () => providerKeys.openai(), 404, 'unknown_provider'],
    ['a key that its provider refuses', 'openai', () => providerKeys.refusedOpenai(), 422, 'key_test_failed'],
  ])('%s: refused with a clear problem that does not repeat the key', async (_, provider, newKey, status, code) => {
    const apiKey = newKey();
    const answer = await store(provider, apiKey);
    expect(answer.body).toMatchObject({ status, code, detail: expect.any(String), requestId: expect.any(String) });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.text).not.toContain(apiKey.slice(10, -4));
  });

  it('malformed JSON is a clear problem, too', async () => {
    const answer = await rawPost(`${standalone.adminUrl}/api/keys`, { authorization: `Bearer ${setting.world.owner.credential}` }, '{"apiKey": "sk-proj-secret-in-broken-json');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'malformed_json' });
    expect(answer.text).not.toContain('secret-in-broken-json');
  });
});

describe('after all of this', () => {
  it('nothing is lost: good calls go through and are the only ones booked', async () => {
    upstream.reset();
    for (let call = 0; call < 3; call++) expect((await chat(standalone.gatewayUrl, setting.person.token)).status).toBe(200);
    expect(await setting.world.usage('org', 3)).toMatchObject([{ requests: 3 }]);
  });
});
