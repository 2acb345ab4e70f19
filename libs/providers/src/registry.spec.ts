import { Meters } from '@byok/contracts';
import { ERRORS } from '@byok/kernel';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDERS, authHeaders, checkSecret, classifyError, createUsageTap, endpointUrl, findProvider, probeRequest, redactKey, usageFromAnswer } from './index.js';
import type { Provider, UpstreamEndpoint } from './index.js';
import { VENDORS } from './vendors.js';

interface Expected {
  source: string;
  endpoint: UpstreamEndpoint;
  model: string;
  meters: Meters;
  events: number;
  error: { status: number; code: string };
}

const HERE = import.meta.dirname;
const CONFIG: Record<string, Record<string, string>> = {
  'azure-openai': { endpoint_url: 'https://acme-1.openai.azure.com' },
  databricks: { workspace_url: 'https://acme-1.cloud.databricks.com' },
  cloudflare: { account_id: '0123456789abcdef0123456789abcdef' },
  'openai-compatible': { base_url: 'https://llm.example.com/v1' },
  lmstudio: { base_url: 'http://localhost:1234/v1' },
};
const alive = PROVIDERS.filter(({ status }) => status.state !== 'discontinued');
const fixture = (provider: Provider, name: string) => readFileSync(join(HERE, provider.id, 'fixtures', name));
const expectedOf = (provider: Provider) => JSON.parse(fixture(provider, 'expected.json').toString()) as Expected;
const configOf = (provider: Provider) => CONFIG[provider.id] ?? {};
/** Spoken by callers, too, and then passed through byte by byte; what no caller speaks is read by its dialect, in registry-upstream.spec.ts. */
const isPassedThrough = ({ endpoint }: Expected) => ['chat', 'completions', 'responses', 'messages', 'generate', 'embeddings'].includes(endpoint);
const aKey = (provider: Provider) => `${provider.key.prefixes[0] ?? 'k'}canary-4711-abcdefghijklmnopqrstuvwxyz`;

describe('the registry', () => {
  it('holds every folder, and a folder stands behind every entry', () => {
    const folders = readdirSync(HERE, { withFileTypes: true }).filter((entry) => entry.isDirectory() && existsSync(join(HERE, entry.name, 'index.ts')));
    expect(PROVIDERS.map(({ id }) => id).sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it('gives every id, alias and vendor prefix to one provider only', () => {
    const names = [...PROVIDERS.flatMap(({ id, aliases, vendorPrefix }) => [...new Set([id, ...aliases, ...(vendorPrefix === null ? [] : [vendorPrefix])])]), ...VENDORS.flatMap(({ prefix, aliases }) => [...(prefix === null ? [] : [prefix]), ...aliases])];
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const { id, aliases } of PROVIDERS) for (const name of [id, ...aliases]) expect(findProvider(name)?.id).toBe(id);
  });

  it('gives every key prefix to one provider only', () => {
    const prefixes = [...PROVIDERS.flatMap(({ key }) => [...key.prefixes, ...key.adminPrefixes]), ...VENDORS.flatMap(({ keyPrefixes }) => keyPrefixes)];
    expect(prefixes.filter((prefix, index) => prefixes.indexOf(prefix) !== index)).toEqual([]);
  });

  it('names no provider the folders do not know outside the folders', () => {
    const engine = readdirSync(HERE).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && name !== 'registry.ts' && name !== 'vendors.ts');
    const urls = engine.filter((name) => /https:\/\/[a-z]/.test(readFileSync(join(HERE, name), 'utf8').replaceAll("'https://'", '')));
    expect(urls).toEqual([]);
  });

  it('uses only codes of the error table', () => {
    for (const { errors } of PROVIDERS) {
      for (const code of [...Object.values(errors.byCode), ...Object.values(errors.byStatus), ...errors.byMessage.map((rule) => rule.code)]) expect(ERRORS).toHaveProperty(code);
    }
  });
});

describe.each(alive.map((provider) => [provider.id, provider] as const))('%s', (_id, provider) => {
  const expected = expectedOf(provider);

  it('names the source of its fixtures', () => {
    expect(expected.source.length).toBeGreaterThan(5);
    expect(provider.endpoints).toHaveProperty(expected.endpoint);
    expect(Object.keys(provider.paths)).toEqual(expect.arrayContaining(Object.keys(provider.endpoints)));
  });

  it('builds a plain https URL for every endpoint it has and refuses the others', () => {
    for (const endpoint of ['chat', 'completions', 'responses', 'embeddings', 'messages'] as const) {
      if (provider.endpoints[endpoint] === undefined) expect(() => endpointUrl(provider, endpoint, configOf(provider))).toThrow(`has no ${endpoint}`);
      else expect(endpointUrl(provider, endpoint, configOf(provider))).toMatch(/^https?:\/\/[a-z0-9.:-]+\/[A-Za-z0-9/._-]+$/);
    }
    expect(endpointUrl(provider, expected.endpoint, configOf(provider), 'http://127.0.0.1:4010/v1')).toMatch(/^http:\/\/127\.0\.0\.1:4010\/v1\//);
  });

  it('sends the key in exactly one header', () => {
    const headers = authHeaders(provider, aKey(provider), configOf(provider));
    expect(headers.length % 2).toBe(0);
    expect(headers.filter((each) => each.includes(aKey(provider)))).toHaveLength(1);
    expect(headers[headers.findIndex((each) => each.includes(aKey(provider))) - 1]).toBe(provider.auth.kind === 'header' ? provider.auth.header : 'authorization');
  });

  it('accepts its own kind of key, trimmed of outer spaces, with defaults filled in', () => {
    const checked = checkSecret(provider, `  ${aKey(provider)} `, configOf(provider));
    expect(checked.secret).toBe(aKey(provider));
    for (const field of provider.configFields) if (!field.secret && (field.required || field.default !== undefined)) expect(checked.config[field.name]).toBeTruthy();
  });

  it('classifies its own error and lets no key through with it', () => {
    const body = fixture(provider, 'error.json').toString();
    const failure = classifyError(provider, expected.error.status, {}, body);
    expect(failure.code).toBe(expected.error.code);
    expect(failure.providerMessage ?? '').not.toMatch(/\*\*\*/);
    const key = aKey(provider);
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

  it('asks its probe over a plain URL, and at the override when there is one', () => {
    const request = probeRequest(provider, aKey(provider), configOf(provider));
    expect(request?.url).toMatch(/^https?:\/\//);
    expect(request?.url).not.toContain('canary');
    expect(`${request?.headers.join(' ')} ${request?.body}`).toContain('canary-4711');
    expect(probeRequest(provider, aKey(provider), configOf(provider), 'http://127.0.0.1:4010/v1')?.url).toMatch(/^http:\/\/127\.0\.0\.1:4010\//);
  });

  it('reads usage from a plain answer, from bytes, text or object', () => {
    if (!isPassedThrough(expected)) return;
    const answer = fixture(provider, 'answer.json');
    const tap = createUsageTap(provider, expected.endpoint, false);
    tap.see(answer);
    expect(tap.end()).toEqual({ meters: expected.meters, sawTerminal: true, events: 0, model: expected.model, errorSeen: false });
    const dialect = provider.endpoints[expected.endpoint]!;
    expect(usageFromAnswer(provider, dialect, answer.toString())).toEqual(expected.meters);
    expect(usageFromAnswer(provider, dialect, JSON.parse(answer.toString()) as object)).toEqual(expected.meters);
    expect(Meters.parse(expected.meters)).toEqual(expected.meters);
  });

  it('reads usage from a stream cut into chunks at every byte', () => {
    if (expected.endpoint === 'embeddings' || !isPassedThrough(expected)) return;
    const stream = fixture(provider, 'stream.txt');
    const wanted = { meters: expected.meters, sawTerminal: true, events: expected.events, model: expected.model, errorSeen: false };
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const tap = createUsageTap(provider, expected.endpoint, true);
      tap.see(stream.subarray(0, cut));
      tap.see(stream.subarray(cut));
      expect(tap.end()).toEqual(wanted);
    }
    for (const size of [1, 2, 3, 7, 64]) {
      const tap = createUsageTap(provider, expected.endpoint, true);
      for (let at = 0; at < stream.length; at += size) tap.see(stream.subarray(at, at + size));
      expect(tap.end()).toEqual(wanted);
    }
  });

  it('never takes a cut stream for a whole one', () => {
    if (expected.endpoint === 'embeddings' || !isPassedThrough(expected)) return;
    const stream = fixture(provider, 'stream.txt');
    const lastWord = expected.endpoint === 'chat' ? stream.indexOf('[DONE]') + '[DONE]'.length : stream.lastIndexOf('"message_stop"') + '"message_stop"'.length;
    for (let length = 0; length < lastWord; length += 1) {
      const tap = createUsageTap(provider, expected.endpoint, true);
      tap.see(stream.subarray(0, length));
      expect(tap.end().sawTerminal).toBe(false);
    }
  });
});
