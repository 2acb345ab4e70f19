import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDERS } from './index.js';
import type { Provider } from './index.js';
import { openAiCompatible } from './open-ai-compatible.js';
import { describeAnswers } from './spec/describe-answers.js';
import { describeProvider } from './spec/describe-provider.js';
import type { Fixtures } from './spec/provider-fixtures.js';

const page = readFileSync(join(import.meta.dirname, '../../../docs/adding-a-provider.md'), 'utf8');
/** ```language file-name … ``` */
const blocks = new Map([...page.matchAll(/^```\w+ (\S+)\n([\s\S]*?)\n```$/gm)].map((match) => [match[1]!, match[2]!] as const));
const code = blocks.get('index.ts') ?? '';
const [heading, ...body] = code.split('\n\n');

/** The page's own words, run: they are the argument of a function we know. */
function providerOfThePage(): Provider {
  const expression = body.join('\n\n').replace(/^export const example = /, 'return ');
  // The page is ours, and running it is the point.
  return (new Function('openAiCompatible', expression) as (build: typeof openAiCompatible) => Provider)(openAiCompatible);
}

/** Files end with a line break, and events with an empty line. */
function endOf(name: string): string {
  return name.endsWith('.txt') ? '\n\n' : '\n';
}

const fixtures: Fixtures = {
  names: [...blocks.keys()].filter((name) => name !== 'index.ts'),
  read: (name) => {
    const block = blocks.get(name);
    if (block === undefined) throw new Error(`The page has no block for ${name}.`);
    return Buffer.from(block + endOf(name));
  },
};

describe('docs/adding-a-provider.md', () => {
  it('needs one folder of about 15 lines that import nothing but what most providers have in common', () => {
    expect(heading).toBe("import { openAiCompatible } from '../open-ai-compatible.js';");
    expect(code.split('\n').length).toBeLessThan(20);
    expect(body.join()).toMatch(/^export const example = openAiCompatible\(\{/);
  });

  it('shows every file that the suite asks for, and no other', () => {
    expect([...fixtures.names].sort()).toEqual(['answer.json', 'error.json', 'expected.json', 'stream.txt', 'tools-stream.txt', 'tools.json']);
  });

  it('describes a provider that is not there yet', () => {
    const { id, key } = providerOfThePage();
    expect(PROVIDERS.map((provider) => provider.id)).not.toContain(id);
    expect(PROVIDERS.flatMap((provider) => provider.key.prefixes)).not.toContain(key.prefixes[0]);
  });
});

describe('the provider of docs/adding-a-provider.md', () => {
  describeProvider(providerOfThePage(), fixtures);
  describeAnswers(providerOfThePage(), fixtures);
});
