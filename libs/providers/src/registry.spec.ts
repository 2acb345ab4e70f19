import { ERRORS } from '@byok/kernel';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDERS, findProvider } from './index.js';
import { describeAnswers } from './spec/describe-answers.js';
import { describeProvider } from './spec/describe-provider.js';
import { fixturesOf } from './spec/provider-fixtures.js';
import { VENDORS } from './vendors.js';

const HERE = import.meta.dirname;
const alive = PROVIDERS.filter(({ status }) => status.state !== 'discontinued');

describe('the registry', () => {
  it('holds every folder, and a folder stands behind every entry', () => {
    const folders = readdirSync(HERE, { withFileTypes: true }).filter((entry) => entry.isDirectory() && existsSync(join(HERE, entry.name, 'index.ts')));
    expect(PROVIDERS.map(({ id }) => id).sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it('knows everybody the product promises, the dead ones by since when and why', () => {
    const mission =
      'openai anthropic google azure-openai aws-bedrock xai cohere mistral perplexity inflection ai21 deepseek together fireworks groq replicate anyscale hyperbolic sambanova lepton octoai databricks cloudflare novita openrouter ollama';
    const besides = 'vertex-ai cerebras nvidia-nim huggingface moonshot zai dashscope deepinfra nebius openai-compatible lmstudio github-models voyage jina';
    expect(PROVIDERS.map(({ id }) => id)).toEqual(expect.arrayContaining(`${mission} ${besides}`.split(' ')));
    expect(findProvider('vllm')?.id).toBe('openai-compatible');
    const dead = PROVIDERS.filter(({ status }) => status.state === 'discontinued');
    expect(dead.map(({ id }) => id).sort()).toEqual(['anyscale', 'github-models', 'lepton', 'octoai']);
    for (const { status, endpoints } of dead) expect([status.since, status.detail, endpoints]).toEqual([expect.stringMatching(/^20\d\d/), expect.stringMatching(/.{20}/), {}]);
  });

  it('links to the prices of everybody who has a page of them', () => {
    const without = alive.filter(({ links }) => links.prices === null).map(({ id }) => id);
    // Servers of one's own cost nothing here, NVIDIA gives credits away, and of Hyperbolic and Inflection no such page is known.
    expect(without.sort()).toEqual(['hyperbolic', 'inflection', 'lmstudio', 'nvidia-nim', 'ollama', 'openai-compatible']);
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

describe.each(alive.map((provider) => [provider.id, provider] as const))('%s', (id, provider) => {
  const fixtures = fixturesOf(id);
  describeProvider(provider, fixtures);
  describeAnswers(provider, fixtures);
});
