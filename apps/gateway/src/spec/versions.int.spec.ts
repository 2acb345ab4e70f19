import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const OLD = 'sk-test-old-1234567890abcdef';
const NEW = 'sk-test-new-1234567890abcdef';
const BAD = 'sk-bad-new-1234567890abcdef';
const chat = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };

describe('two versions of a key', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld({ CACHE_FRESH_MS: 1, CACHE_STALE_MS: 1, KEY_FRESH_MS: 1 });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.reset();
    Object.assign(world.vault, { keys: [], notes: [], failure: undefined });
  });

  const stage = (secret: string, percent: number): string => {
    world.vault.candidateSecret = secret;
    return world.vault.hold({ provider: 'openai', secret: OLD, owner: { type: 'user', id: world.user.id }, candidate: { version: 2, percent, config: {} } });
  };
  const call = () => world.post('/v1/chat/completions', chat);
  const secretsSeen = () => world.upstream.witness().filter(({ method }) => method === 'POST').map(({ key }) => key);
  /** Each counted once, in however many notes. */
  const told = () =>
    world.vault.notes.filter(({ outcome }) => outcome === 'counted').reduce(
      (sum, { version, counts, currentCounts }) => ({ version, answered: sum.answered + counts!.answered, refused: sum.refused + counts!.refused, failed: sum.failed + counts!.failed, current: sum.current + currentCounts!.answered }),
      { version: 0, answered: 0, refused: 0, failed: 0, current: 0 },
    );
  const settled = async (condition: () => boolean): Promise<void> => {
    for (let waited = 0; !condition() && waited < 5_000; waited += 10) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(condition()).toBe(true);
  };

  it('share the calls, and log, usage and the vault are told which was used', async () => {
    const keyId = stage(NEW, 50);
    for (let each = 0; each < 30; each++) expect((await call()).status).toBe(200);
    const seen = secretsSeen();
    expect(seen).toHaveLength(30);
    const withNew = seen.filter((key) => key === NEW).length;
    // 30 drawings of a half: outside of this once in a thousand years of test runs.
    expect(withNew).toBeGreaterThan(2);
    expect(withNew).toBeLessThan(28);
    const events = await world.usage(30);
    expect(events.filter((event) => event.keyVersion === 2 && event.keyId === keyId)).toHaveLength(withNew);
    expect(world.logLines.filter(({ message, fields }) => message === 'call' && fields['keyVersion'] === 2)).toHaveLength(withNew);
    await settled(() => told().answered + told().current === 30);
    expect(told()).toMatchObject({ version: 2, answered: withNew, refused: 0, failed: 0 });
  });

  it('fall back from a refused candidate to the one in use, which is neither left alone nor suspected for it', async () => {
    const keyId = stage(BAD, 100);
    for (let each = 0; each < 3; each++) {
      const answer = await call();
      expect([answer.status, answer.headers.get('x-byok-attempts'), answer.headers.get('x-byok-key-id')]).toEqual([200, '2', keyId]);
    }
    expect(secretsSeen()).toEqual([BAD, OLD, BAD, OLD, BAD, OLD]);
    expect((await world.usage(6)).map(({ keyVersion, outcome }) => `${keyVersion} ${outcome}`)).toEqual(['2 error', '1 ok', '2 error', '1 ok', '2 error', '1 ok']);
    await settled(() => told().refused === 3 && told().current === 3);
    expect(world.vault.notes.every(({ outcome, version }) => outcome === 'counted' && version === 2)).toBe(true);
    expect(world.gateway.deps.watched.coolDowns.cooling.has(keyId)).toBe(false);
  });

  it('hold a missing permission against the candidate only where the one in use has it', async () => {
    stage(NEW, 100);
    const forbid = (key: string) => world.upstream.behave({ when: { key }, times: 1, status: 403, body: JSON.stringify({ error: { message: 'Your project may not use this model.', type: 'invalid_request_error', code: 'model_not_available' } }) });
    forbid(NEW);
    expect((await call()).status).toBe(200);
    await settled(() => told().refused === 1);
    forbid(NEW);
    forbid(OLD);
    expect((await call()).status).toBe(403);
    await settled(() => told().failed === 1);
    expect(told().refused).toBe(1);
  });

  it('do not fail a call whose candidate was taken back, or took over, since the list was made', async () => {
    const keyId = stage(NEW, 100);
    await call();
    const key = world.vault.keys.find(({ id }) => id === keyId)!;
    const { openKey } = world.vault;
    // The list still names it; the vault does not open it any more.
    world.vault.openKey = (request) => (request.version === 2 ? Promise.reject(Object.assign(new Error('gone'), { code: 'not_found' })) : openKey.call(world.vault, request));
    try {
      world.reset();
      expect((await call()).status).toBe(200);
      expect(secretsSeen()).toEqual([OLD]);
    } finally {
      world.vault.openKey = openKey;
    }
    Object.assign(key, { version: 2, secret: NEW, candidate: null });
    world.reset();
    expect((await call()).status).toBe(200);
    expect(secretsSeen()).toEqual([NEW]);
  });

  it('go on with the new secret in the same call when the old one is refused before the promotion was heard of', async () => {
    const keyId = world.vault.hold({ provider: 'openai', secret: 'sk-bad-old-1234567890abcdef', owner: { type: 'user', id: world.user.id } });
    const key = world.vault.keys.find(({ id }) => id === keyId)!;
    const { usableKeys } = world.vault;
    let listed = 0;
    world.vault.usableKeys = async (request) => {
      const list = await usableKeys.call(world.vault, request);
      // Promoted right after the first list was made; the former version still opens.
      if (listed++ === 0) Object.assign(key, { version: 2, secret: NEW });
      return list;
    };
    const { openKey } = world.vault;
    world.vault.openKey = async (request) => (request.version === 1 ? { secret: 'sk-bad-old-1234567890abcdef', config: {}, version: 1, provider: 'openai' } : openKey.call(world.vault, request));
    try {
      const answer = await call();
      expect([answer.status, answer.headers.get('x-byok-attempts')]).toEqual([200, '2']);
      expect(secretsSeen()).toEqual(['sk-bad-old-1234567890abcdef', NEW]);
      expect(world.gateway.deps.watched.coolDowns.cooling.has(keyId)).toBe(false);
    } finally {
      Object.assign(world.vault, { usableKeys, openKey });
    }
  });

  it('an expired key is no key: the error says so, and no other money is spent in its place', async () => {
    world.vault.hold({ provider: 'openai', secret: OLD, status: 'expired', expiresAt: '2026-01-01T00:00:00.000Z', owner: { type: 'user', id: world.user.id } });
    const answer = await call();
    expect(answer.status).toBe(403);
    expect(JSON.stringify(await answer.json())).toContain('came to its end at 2026-01-01T00:00:00.000Z');
    expect(secretsSeen()).toEqual([]);
  });
});
