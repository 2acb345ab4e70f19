import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PROVIDERS } from './index.js';
import type { Provider } from './index.js';

const ROOT = join(import.meta.dirname, '../../..');
/** Tests and their helpers may name anybody. */
const IS_TEST = /\.(?:spec|suite|builder)\.ts$|\/spec\/|^libs\/testing\//;
/** An alias that is everybody's word, too. */
const WORDS = ['custom'];
const ids = PROVIDERS.flatMap(({ id, aliases }) => [id, ...aliases]).filter((id) => !WORDS.includes(id));
/** Where a provider is at home. */
const HOMES = [...PROVIDERS.map(({ id }) => `libs/providers/src/${id}/`), 'libs/providers/src/registry.ts', 'libs/providers/src/vendors.ts'];

interface Exception {
  names: readonly string[] | 'anything';
  because: string;
}

/** Files that may name a provider all the same, and what for. */
const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  ...exceptions("names of dialects that callers speak, not of providers: whoever speaks Anthropic's may be served by anybody", {
    'apps/gateway/src/http/handle-fanout.ts': ['openai'],
    'apps/gateway/src/repeats/answer-again.ts': ['anthropic'],
    'apps/gateway/src/http/error-dialects.ts': ['anthropic', 'gemini', 'googleapis.com', 'openai'],
    'apps/gateway/src/http/hot-routes.ts': ['anthropic', 'gemini', 'openai'],
    'apps/gateway/src/http/hot-server.ts': ['openai'],
    'apps/gateway/src/http/list-models.ts': ['gemini', 'openai'],
    'apps/gateway/src/pipeline/deliver.ts': ['anthropic'],
  }),
  ...exceptions('families of models that Bedrock hosts, told apart by their names; nothing of it concerns the provider of that name', {
    'libs/providers/src/dialects/bedrock-converse/model-family.ts': ['cohere', 'mistral'],
    'libs/providers/src/dialects/bedrock-converse/tool-id.ts': ['mistral'],
    'libs/providers/src/dialects/bedrock-converse/write-reasoning.ts': ['cohere', 'mistral'],
  }),
  ...exceptions("a member of the wire: OpenAI's chat carries the signature of a tool call under `extra_content.google`", {
    'libs/providers/src/dialects/openai-chat/read-spoken.ts': ['google'],
    'libs/providers/src/dialects/openai-chat/write-call.ts': ['google'],
  }),
  ...exceptions('forms of cost exports, called after whoever writes them; billing may not look into the library of the gateway', {
    'apps/usage-billing/src/reconciliation/read-export.ts': ['anthropic', 'openai'],
    'libs/contracts/src/http/reconciliations.ts': ['anthropic', 'openai'],
  }),
  'apps/usage-billing/src/prices/provider-names.ts': {
    names: 'anything',
    because: 'how a list of prices of another project calls them; billing may not look into the library of the gateway',
  },
};

function exceptions(because: string, files: Readonly<Record<string, readonly string[]>>): Record<string, Exception> {
  return Object.fromEntries(Object.entries(files).map(([path, names]) => [path, { names, because }]));
}

function sources(): { path: string; text: string }[] {
  const folders = ['apps', 'libs'].flatMap((top) => readdirSync(join(ROOT, top), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => join(ROOT, top, name, 'src')));
  const files = folders.flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && /\.(?:ts|tsx|mts)$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name)));
  return files
    .map((file) => ({ path: relative(ROOT, file), text: readFileSync(file, 'utf8') }))
    .filter(({ path }) => !IS_TEST.test(path) && !HOMES.some((home) => path.startsWith(home)));
}

/** The last two parts of each host it is reached at: `openai.com` of `https://api.openai.com/v1`. */
function domainsOf({ baseUrl, probe, paths }: Provider): string[] {
  const urls = [...(typeof baseUrl === 'string' ? [baseUrl] : Object.values(baseUrl.urls)), probe?.url ?? '', ...Object.values(paths).filter((path) => typeof path === 'string')];
  return urls.flatMap((url) => /^https:\/\/[^/]*?([a-z0-9-]+\.[a-z]+)(?:\/|$)/.exec(url)?.[1] ?? []);
}

/** Ids and aliases as whole strings, hosts anywhere but in comments. */
function namesIn(text: string): string[] {
  const code = text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
  const literals = new Set([...code.matchAll(/(['"`])([a-z0-9-]+)\1/g)].map((match) => match[2]!));
  // A member's name is one, too: `{ openai: … }`.
  const members = new Set([...code.matchAll(/(?:^|[{,(\s])([a-z][a-z0-9]+):/g)].map((match) => match[1]!));
  const hosts = [...new Set(PROVIDERS.flatMap(domainsOf))].filter((domain) => code.includes(domain));
  return [...ids.filter((id) => literals.has(id) || members.has(id)), ...hosts].sort();
}

const found = sources().map(({ path, text }) => ({ path, names: namesIn(text) })).filter(({ names }) => names.length > 0);

function isAllowed(path: string, name: string): boolean {
  const names = EXCEPTIONS[path]?.names ?? [];
  return names === 'anything' || names.includes(name);
}

describe('what is known about a provider', () => {
  it('stands in its own folder, the registry or the list of vendors, and nowhere else', () => {
    const strangers = found.map(({ path, names }) => ({ path, names: names.filter((name) => !isAllowed(path, name)) })).filter(({ names }) => names.length > 0);
    expect(strangers).toEqual([]);
  });

  it('has no exception that is not needed any more, and none without a reason', () => {
    for (const [path, { names, because }] of Object.entries(EXCEPTIONS)) {
      const needed = found.find((each) => each.path === path)?.names;
      expect({ path, names: needed }).toEqual({ path, names: names === 'anything' ? (expect.anything() as string[]) : names });
      expect(because.length).toBeGreaterThan(20);
    }
  });

  it('is found when it is written where it should not be', () => {
    expect(namesIn("if (provider.id === 'groq') return 'https://api.groq.com';")).toEqual(['groq', 'groq.com']);
    expect(namesIn('const MOST = { openai: 1 };')).toEqual(['openai']);
    expect(namesIn('// only openai.com does this')).toEqual([]);
  });

  it('is looked for in more than a handful of files', () => {
    expect(sources().length).toBeGreaterThan(200);
  });
});
