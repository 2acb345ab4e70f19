import { Meters } from '@byok/contracts';
import { authHeaders, checkSecret, classifyError, createUsageTap, endpointUrl, probeRequest, redactKey, usageFromAnswer } from '../index.js';
import type { CallEndpoint, Provider } from '../index.js';
import { configOf, expectedOf, streamOf } from './provider-fixtures.js';
import type { Expected, Fixtures } from './provider-fixtures.js';

const CALL_ENDPOINTS = ['chat', 'completions', 'responses', 'embeddings', 'messages', 'generate'] as const satisfies readonly CallEndpoint[];
/** In which a stream says that it is whole. */
const LAST_WORDS: Readonly<Partial<Record<CallEndpoint, string>>> = { chat: '[DONE]', responses: '"response.completed"', messages: '"message_stop"', generate: '"finishReason"' };

/** What every provider has to keep to: addresses, keys, probe, errors and usage. */
export function describeProvider(provider: Provider, fixtures: Fixtures): void {
  const expected = expectedOf(fixtures);
  describeFacts(provider, expected);
  describeKeys(provider);
  describeRefusals(provider, fixtures, expected);
  // Spoken by callers, too, and then passed through byte by byte; what only we speak is read by its dialect alone.
  const endpoint = CALL_ENDPOINTS.find((each) => each === expected.endpoint);
  if (endpoint !== undefined) describeUsage(provider, fixtures, { ...expected, endpoint });
}

function describeFacts(provider: Provider, expected: Expected): void {
  it('names the source of its fixtures, and where its console, documents and prices are', () => {
    expect(expected.source.length).toBeGreaterThan(5);
    expect(provider.endpoints).toHaveProperty(expected.endpoint);
    expect(Object.keys(provider.paths)).toEqual(expect.arrayContaining(Object.keys(provider.endpoints)));
    for (const link of Object.values(provider.links)) if (link !== null) expect(new URL(link)).toMatchObject({ protocol: 'https:', search: '', username: '' });
    expect(provider.links.docs).not.toBeNull();
    for (const header of provider.rateLimitHeaders) expect(header).toMatch(/^[a-z][a-z-]+$/);
  });

  it('builds a plain URL for every endpoint it has and refuses the others', () => {
    for (const endpoint of [...CALL_ENDPOINTS, expected.endpoint]) {
      const build = (stream: boolean, override?: string) => endpointUrl(provider, endpoint, configOf(provider), override, { model: expected.model, stream });
      if (provider.endpoints[endpoint] === undefined) expect(() => build(false)).toThrow(`has no ${endpoint}`);
      else for (const stream of [false, true]) expect(build(stream)).toMatch(/^https?:\/\/[a-z0-9.:-]+\/[A-Za-z0-9/._:%-]+(?:\?alt=sse)?$/);
      if (provider.endpoints[endpoint] !== undefined) expect(build(false, 'http://127.0.0.1:4010/v1')).toMatch(/^http:\/\/127\.0\.0\.1:4010\//);
    }
  });
}

function keyOf(provider: Provider): string {
  return `${provider.key.prefixes[0] ?? 'k'}canary-4711-abcdefghijklmnopqrstuvwxyz`;
}

function describeKeys(provider: Provider): void {
  const key = keyOf(provider);
  const { auth } = provider;
  if (auth.kind === 'header') {
    it('sends the key in exactly one header', () => {
      const headers = authHeaders(provider, key, configOf(provider));
      expect(headers.length % 2).toBe(0);
      expect(headers.filter((each) => each.includes(key))).toHaveLength(1);
      expect(headers[headers.findIndex((each) => each.includes(key)) - 1]).toBe(auth.header);
    });

    it('accepts its own kind of key, trimmed of outer spaces, with defaults filled in', () => {
      const checked = checkSecret(provider, `  ${key} `, configOf(provider));
      expect(checked.secret).toBe(key);
      for (const field of provider.configFields) if (!field.secret && (field.required || field.default !== undefined)) expect(checked.config[field.name]).toBeTruthy();
    });
  }

  it('asks its probe over a plain URL, and at the override when there is one', () => {
    const request = probeRequest(provider, key, configOf(provider));
    expect(request?.url).toMatch(/^https?:\/\//);
    expect(request?.url).not.toContain('canary');
    if (auth.kind === 'header') expect(`${request?.headers.join(' ')} ${request?.body}`).toContain('canary-4711');
    expect(probeRequest(provider, key, configOf(provider), 'http://127.0.0.1:4010/v1')?.url).toMatch(/^http:\/\/127\.0\.0\.1:4010\//);
  });
}

function describeRefusals(provider: Provider, fixtures: Fixtures, expected: Expected): void {
  it('classifies its own error and lets no key through with it', () => {
    const failure = classifyError(provider, expected.error.status, {}, fixtures.read('error.json').toString());
    expect(failure.code).toBe(expected.error.code);
    expect(failure.providerMessage ?? '').not.toMatch(/\*\*\*/);
    const key = keyOf(provider);
    const echo = classifyError(provider, 401, {}, JSON.stringify({ error: { message: `Bad key ${key}.` } }));
    expect(redactKey(`${echo.message} ${echo.providerMessage}`, key)).not.toContain('canary-4711');
  });

  it('judges its probe: good, bad, limited, down', () => {
    const { probe } = provider;
    if (!probe) throw new Error('a live provider needs a probe');
    expect(['valid', 'unverified', 'invalid']).toContain(probe.classify(200, '{}').outcome);
    expect(probe.classify(401, '{"error":{"message":"no"}}').outcome).toBe('invalid');
    expect(probe.classify(429, '{"error":{"message":"slow down"}}').outcome).toBe('rate-limited');
    expect(probe.classify(429, '{"error":{"code":"insufficient_quota"}}').outcome).toBe(provider.errors.billing.includes('insufficient_quota') ? 'no-credit' : 'rate-limited');
    expect(probe.classify(402, '').outcome).toBe('no-credit');
    for (const status of [500, 502, 503, 302]) expect(probe.classify(status, '<html>').outcome).toBe('unreachable');
    expect(probe.classify(200, 'not json').outcome).not.toBe('invalid');
  });
}

function describeUsage(provider: Provider, fixtures: Fixtures, expected: Expected & { endpoint: CallEndpoint }): void {
  const { endpoint, meters, events } = expected;

  it('reads usage from a plain answer, from bytes, text or object', () => {
    const answer = fixtures.read('answer.json');
    const tap = createUsageTap(provider, endpoint, false);
    tap.see(answer);
    expect(tap.end()).toEqual({ meters, sawTerminal: true, events: 0, errorSeen: false });
    const dialect = provider.endpoints[endpoint]!;
    expect(usageFromAnswer(provider, dialect, answer.toString())).toEqual(meters);
    expect(usageFromAnswer(provider, dialect, JSON.parse(answer.toString()) as object)).toEqual(meters);
    expect(Meters.parse(meters)).toEqual(meters);
  });

  if (endpoint === 'embeddings') return;

  it('reads usage from a stream cut into chunks at every byte', () => {
    const stream = streamOf(fixtures, 'stream');
    const wanted = { meters, sawTerminal: true, events, errorSeen: false };
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const tap = createUsageTap(provider, endpoint, true);
      tap.see(stream.subarray(0, cut));
      tap.see(stream.subarray(cut));
      expect(tap.end()).toEqual(wanted);
    }
    for (const size of [1, 2, 3, 7, 64]) {
      const tap = createUsageTap(provider, endpoint, true);
      for (let at = 0; at < stream.length; at += size) tap.see(stream.subarray(at, at + size));
      expect(tap.end()).toEqual(wanted);
    }
  });

  it('never passes a cut stream for a whole one', () => {
    const stream = streamOf(fixtures, 'stream');
    const lastWord = LAST_WORDS[endpoint]!;
    const end = stream.lastIndexOf(lastWord) + lastWord.length;
    expect(end).toBeGreaterThan(lastWord.length);
    for (let length = 0; length < end; length += 1) {
      const tap = createUsageTap(provider, endpoint, true);
      tap.see(stream.subarray(0, length));
      expect(tap.end().sawTerminal).toBe(false);
    }
  });
}
