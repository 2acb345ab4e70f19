import { makeDialer, parseExceptions, systemClock } from '@byok/platform';
import { startFakeUpstream, type FakeUpstream } from '@byok/testing';
import { Pools } from '../upstream/pools.js';
import type { ProbeDeps } from '../upstream/probe-live.js';
import { FakeVault } from '../spec/gateway-world.suite.js';
import { checkSecret } from './check-secret.js';
import { listProviders } from './list-providers.js';
import { probeKey } from './probe-key.js';
import { probeSecret } from './probe-secret.js';

const GOOD = 'sk-proj-good1234567890abcdefghij1234567890abcdefghij';
const BAD = 'sk-bad-canary1234567890abcdefghij1234567890abcdefgh';

describe('the probe', () => {
  let upstream: FakeUpstream;
  let pools: Pools;
  let deps: ProbeDeps;
  beforeAll(async () => {
    upstream = await startFakeUpstream();
    pools = new Pools(makeDialer({ exceptions: parseExceptions(''), connectTimeoutMs: 1_000 }), { connections: 4, waiting: 4, headersTimeoutMs: 2_000, bodyIdleTimeoutMs: 2_000 });
    deps = { pools, baseUrls: upstream.baseUrls('openai', 'anthropic', 'openrouter'), limits: { maxWholeBytes: 1_000_000, maxStreamBytes: 1_000_000 }, clock: systemClock };
  });
  afterAll(async () => {
    await pools.destroy();
    await upstream.close();
  });

  it('says that a working key is valid', async () => {
    expect(await probeSecret(deps, { provider: 'openai', secret: GOOD, config: {} })).toMatchObject({ outcome: 'valid', latencyMs: expect.any(Number) });
    expect(await probeSecret(deps, { provider: 'anthropic', secret: `sk-ant-api03-${'a1B2'.repeat(24)}`, config: {} })).toMatchObject({ outcome: 'valid' });
  });

  it('D01 says that a refused key is invalid, and quotes no piece of it', async () => {
    const result = await probeSecret(deps, { provider: 'openai', secret: BAD, config: {} });
    expect(result.outcome).toBe('invalid');
    expect(JSON.stringify(result)).not.toContain(BAD.slice(0, 12));
  });

  it('says that a provider which does not answer is unreachable', async () => {
    const nowhere = { ...deps, baseUrls: { openai: 'http://127.0.0.1:9/v1' } };
    expect(await probeSecret(nowhere, { provider: 'openai', secret: GOOD, config: {} })).toMatchObject({ outcome: 'unreachable' });
  });

  it('B01 dials no inside address that a tenant names, and says which rule refused it', async () => {
    await expect(probeSecret({ ...deps, baseUrls: {} }, { provider: 'openai-compatible', secret: GOOD, config: { base_url: 'https://169.254.169.254/v1' } })).rejects.toMatchObject({ code: expect.stringMatching(/endpoint_not_allowed|key_config_invalid/) });
  });

  it('opens a stored key through the vault, with the ids of who asks', async () => {
    const vault = new FakeVault();
    const keyId = vault.hold({ provider: 'openai', secret: GOOD });
    expect(await probeKey({ ...deps, vault }, { tokenId: 'tok_x', sessionId: '', keyId, version: 1 })).toMatchObject({ outcome: 'valid' });
    await expect(probeKey({ ...deps, vault }, { tokenId: 'tok_x', sessionId: '', keyId: 'key_unknown', version: 1 })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('checks format and fields without any network', () => {
    expect(checkSecret({ provider: 'openai', secret: ` ${GOOD} `, config: {} })).toMatchObject({ provider: 'openai', secret: GOOD });
    expect(() => checkSecret({ provider: 'openai', secret: 'sk-ant-api03-aaaaaaaaaaaaaaaaaaaaaaaa', config: {} })).toThrow();
    expect(() => checkSecret({ provider: 'no-such', secret: GOOD, config: {} })).toThrow(/no such provider/);
    expect(() => checkSecret({ provider: 'openai', secret: `${GOOD}\r\nx: y`, config: {} })).toThrow(/^((?!1234567890).)*$/);
  });

  it('lists every provider with what a form needs', () => {
    const items = listProviders().items as { id: string; configFields: { name: string; secret: boolean }[] }[];
    expect(items.length).toBeGreaterThan(20);
    expect(items.every((provider) => provider.configFields.some((field) => field.secret))).toBe(true);
    expect(items.find(({ id }) => id === 'groq')).toMatchObject({ pricesUrl: 'https://groq.com/pricing', rateLimitHeaders: expect.arrayContaining(['x-ratelimit-remaining-requests']) as string[] });
  });
});
