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
