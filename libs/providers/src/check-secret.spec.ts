import { AppError } from '@byok/kernel';
import fc from 'fast-check';
import { PROVIDERS, checkSecret, endpointUrl, findProvider, redactKey } from './index.js';
import type { Provider } from './index.js';
import { failure } from './spec/failure.js';

const provider = (id: string): Provider => findProvider(id)!;
const LONG = 'A1b2C3d4E5f6G7h8I9j0'.repeat(5);

describe('checkSecret', () => {
  it.each([
    ['openai', `sk-ant-api03-${LONG}`, 'Anthropic'],
    ['openai', `sk-or-v1-${LONG}`, 'OpenRouter'],
    ['anthropic', `sk-proj-${LONG}`, 'OpenAI'],
    ['mistral', `gsk_${LONG}`, 'Groq'],
    ['deepseek', `xai-${LONG}`, 'xAI'],
    ['groq', `hf_${LONG}`, 'Hugging Face'],
    ['openai', `AIza${LONG}`, 'Google'],
    ['openai', `pplx-${LONG}`, 'Perplexity'],
  ])('names the provider whose key was pasted under %s', (id, secret, looksLike) => {
    const error = failure(() => checkSecret(provider(id), secret, {}));
    expect(error.code).toBe('key_wrong_provider');
    expect(error.message).toContain(`This looks like`);
    expect(error.message).toContain(looksLike);
    expect(error.message).not.toContain(LONG.slice(0, 8));
  });

  it.each(['sk-admin-', 'sk-ant-admin01-'])('says that %s… is an admin key, whatever provider it was pasted under', (prefix) => {
    for (const id of ['openai', 'anthropic', 'openrouter', 'openai-compatible']) {
      const error = failure(() => checkSecret(provider(id), prefix + LONG, { base_url: 'https://x.example/v1' }));
      expect(error).toMatchObject({ code: 'key_malformed', details: { reason: 'admin_key' } });
      expect(error.message).toContain('admin key');
    }
  });

  it('infers nothing from a bare sk-, which several providers use', () => {
    for (const id of ['openai', 'deepseek', 'moonshot', 'dashscope']) expect(checkSecret(provider(id), `sk-${'a1'.repeat(16)}`, {}).looksRight).toBe(true);
  });

  it('takes a pattern for a hint only', () => {
    expect(checkSecret(provider('openai'), 'unusual-but-perhaps-right', {})).toMatchObject({ secret: 'unusual-but-perhaps-right', looksRight: false });
  });

  it('C06 trims outer spaces only and refuses line breaks, NUL, tabs, inner spaces and other alphabets without repeating the key', () => {
    expect(checkSecret(provider('openai'), `   sk-proj-${LONG}  `, {}).secret).toBe(`sk-proj-${LONG}`);
    for (const bad of ['\n', '\r\n', '\0', '\t', ' ', 'é', '\u200b', '\u00a0', '\u2028', '\x7f']) {
      for (const secret of [`sk-proj-${LONG}${bad}x`, ...(bad === ' ' ? [] : [`sk-proj-${LONG}${bad}`, `${bad}sk-proj-${LONG}`])]) {
        const error = failure(() => checkSecret(provider('openai'), secret, {}));
        expect(error.code).toBe('key_malformed');
        expect(`${error.message}${JSON.stringify(error.details)}`).not.toContain(LONG.slice(0, 8));
      }
    }
    for (const empty of ['', '   ']) expect(failure(() => checkSecret(provider('openai'), empty, {})).code).toBe('key_malformed');
  });

  it('C05 answers a megabyte of anything within 50 ms for every provider and every field', () => {
    const floods = ['a', '-', 'sk-', '=', ' ', '.', '0', 'A1_', '\u00e9', 'a.', '{"', 'https://a.'].map((piece) => piece.repeat(Math.ceil(1_000_000 / piece.length)));
    for (const each of PROVIDERS) {
      for (const flood of floods) {
        const started = performance.now();
        for (const secret of [flood, each.key.prefixes[0] + flood]) tolerate(() => checkSecret(each, secret, {}));
        for (const field of each.configFields) tolerate(() => checkSecret(each, 'k', { [field.name]: flood }));
        expect(performance.now() - started).toBeLessThan(50);
      }
    }
  });

  it('C05 matches the longest text that reaches a pattern within a few milliseconds', () => {
    const patterns = PROVIDERS.flatMap(({ key, configFields, ownsModel }) => [key.pattern, ...ownsModel, ...configFields.flatMap(({ pattern }) => (pattern ? [pattern] : []))]);
    for (const pattern of patterns) {
      for (const piece of ['a', '-', '.', 'a.', '0', 'sk-', '_', 'A1']) {
        const text = piece.repeat(512).slice(0, 512);
        const started = performance.now();
        for (const each of [text, `https://${text}`.slice(0, 512), `sk-${text}`.slice(0, 511) + '!']) pattern.test(each);
        expect(performance.now() - started).toBeLessThan(20);
      }
    }
  });

  it('still reads keys of several fields that were pasted as one JSON object', () => {
    const pasted = JSON.stringify({ account_id: 'a'.repeat(32).replaceAll('a', 'f'), api_token: 'x'.repeat(40) });
    expect(checkSecret(provider('cloudflare'), pasted, {})).toMatchObject({ secret: 'x'.repeat(40), config: { account_id: 'f'.repeat(32) } });
    for (const bad of ['{"api_token"', '{}', '{"api_token":1}', '{"__proto__":{"a":1},"api_token":"x"}']) expect(['key_malformed', 'key_config_invalid']).toContain(failure(() => checkSecret(provider('cloudflare'), bad, {})).code);
  });

  it('names the field that is missing, unknown or wrong', () => {
    expect(failure(() => checkSecret(provider('cloudflare'), 'x'.repeat(40), {}))).toMatchObject({ code: 'key_config_invalid', details: { field: 'account_id' } });
    expect(failure(() => checkSecret(provider('openai'), 'k', { organization: 'nope' }))).toMatchObject({ code: 'key_config_invalid', details: { field: 'organization' } });
    expect(failure(() => checkSecret(provider('openai'), 'k', { colour: 'red' }))).toMatchObject({ code: 'key_config_invalid', details: { field: 'colour' } });
    expect(failure(() => checkSecret(provider('openai'), 'k', { [`sk-proj-${LONG}`]: 'x' })).message).not.toContain(LONG);
    expect(failure(() => checkSecret(provider('openai'), 'k', JSON.parse('{"__proto__":"x"}') as Record<string, string>)).code).toBe('key_config_invalid');
  });

  it('refuses new keys of a provider that has shut down, and says since when', () => {
    for (const id of ['octoai', 'anyscale', 'lepton', 'github-models']) {
      const error = failure(() => checkSecret(provider(id), LONG, {}));
      expect(error.code).toBe('provider_discontinued');
      expect(error.message).toContain(provider(id).status.since!);
    }
  });
});

describe('endpointUrl', () => {
  const attacks = ['httpbin.org#', 'x@evil', 'evil.com\\@good', 'a/../..', '%2e%2e', '?', '\r\nHost: evil', '\t', ' ', 'a b', '..', '.', '//evil', 'evil.com/x?y', '#', 'a:b@c'];

  it('B08 lets no config value move the host, path or query', () => {
    for (const attack of attacks) {
      for (const [id, field, values] of [
        ['cloudflare', 'account_id', [attack]],
        ['databricks', 'workspace_url', [attack, `https://${attack}`, `https://${attack}.cloud.databricks.com`, `https://evil.example/${attack}.cloud.databricks.com`, `https://acme.cloud.databricks.com${attack === ' ' ? ' x' : attack}`]],
        ['openai', 'data_region', [attack]],
        ['zai', 'region', [attack]],
      ] as const) {
        for (const value of values) expect({ id, value, code: failure(() => endpointUrl(provider(id), 'chat', { [field]: value })).code }).toEqual({ id, value, code: 'key_config_invalid' });
      }
    }
  });

  it('B08 refuses a base URL that parses into something else than it looks like', () => {
    for (const base_url of ['ftp://x/v1', 'file:///etc/passwd', 'https://', 'https://user:pw@x/v1', 'https://x@evil/v1', 'https://x/v1?key=1', 'https://x/v1#a', 'https://x\\@evil/v1', 'https://x/a/../b', 'https://x/./b', 'https://x/%2e%2e/b', 'https://x/v 1', 'https://x\n/v1', 'https://0x7f.1/v1', 'https://127.1/v1', 'https://2130706433/v1', 'https://exämple.com/v1', 'javascript:alert(1)', '//x/v1', 'https:x/v1']) {
      expect({ base_url, code: failure(() => endpointUrl(provider('openai-compatible'), 'chat', { base_url })).code }).toEqual({ base_url, code: 'key_config_invalid' });
    }
    for (const base_url of ['https://llm.example.com/v1', 'http://10.0.0.5:8000/v1/', 'https://LLM.Example.com:443/v1', 'http://[::1]:8000/v1', 'https://x.example']) {
      expect(endpointUrl(provider('openai-compatible'), 'chat', { base_url })).toMatch(/\/chat\/completions$/);
    }
  });

  it('B08 stays on the host of the provider for any config value', () => {
    const value = fc.oneof(fc.string({ maxLength: 60 }), fc.webUrl(), fc.string({ unit: fc.constantFrom(...'ab.-/:@#?%\\\r\n [].cloud.databricks.com'), maxLength: 60 }));
    fc.assert(
      fc.property(value, (given) => {
        for (const workspace_url of [given, `https://${given}`, `https://${given}.cloud.databricks.com`]) {
          let url: string;
          try {
            url = endpointUrl(provider('databricks'), 'chat', { workspace_url });
          } catch (error) {
            expect((error as AppError).code).toBe('key_config_invalid');
            continue;
          }
          expect(new URL(url).hostname).toMatch(/\.(?:cloud\.databricks\.com|gcp\.databricks\.com|azuredatabricks\.net)$/);
          expect(new URL(url).protocol).toBe('https:');
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('picks the host of the region', () => {
    expect(endpointUrl(provider('moonshot'), 'chat', { region: 'cn' })).toBe('https://api.moonshot.cn/v1/chat/completions');
    expect(endpointUrl(provider('moonshot'), 'chat', {})).toBe('https://api.moonshot.ai/v1/chat/completions');
    expect(endpointUrl(provider('zai'), 'chat', { plan: 'coding' })).toBe('https://api.z.ai/api/coding/paas/v4/chat/completions');
  });
});

describe('redactKey', () => {
  it('D01 leaves no 8 characters of a key in a text, plain or encoded', () => {
    const key = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_./+='), minLength: 8, maxLength: 60 });
    fc.assert(
      fc.property(key, fc.string(), fc.string(), (secret, before, after) => {
        const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex'), secret.slice(0, 8)];
        for (const form of forms) {
          const text = redactKey(`${before} ${form} ${after}`, secret);
          for (let at = 0; at + 8 <= secret.length; at += 1) expect(text).not.toContain(secret.slice(at, at + 8));
          expect(text).not.toContain(form);
        }
      }),
    );
  });

  it('leaves a text without the key as it is', () => {
    expect(redactKey('The model gpt-4o does not exist.', 'sk-proj-canary-1234567890')).toBe('The model gpt-4o does not exist.');
  });
});

function tolerate(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}
