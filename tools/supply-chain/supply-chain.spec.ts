import { globSync, readFileSync } from 'node:fs';

interface LockEntry {
  integrity?: string;
  resolved?: string;
  link?: boolean;
  hasInstallScript?: boolean;
  optional?: boolean;
  dev?: boolean;
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, LockEntry> };
const root = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object; devDependencies: object; allowScripts: Record<string, boolean>; overrides: object };
const installed = Object.entries(lock.packages).filter(([path]) => path.startsWith('node_modules/') && !lock.packages[path]!.link);
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe('what the product is made of', () => {
  it('I11 comes with a SHA-512 of every package, and from the registry alone', () => {
    expect(installed.length).toBeGreaterThan(500);
    expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
    expect(installed.filter(([, { resolved }]) => resolved && !resolved.startsWith('https://registry.npmjs.org/')).map(([path]) => path)).toEqual([]);
    const asked = Object.values({ ...root.dependencies, ...root.devDependencies }) as string[];
    expect(asked.filter((range) => !/^\^?\d+\.\d+\.\d+[\w.-]*$/.test(range))).toEqual([]);
  });

  it('I11 runs no install script that package.json does not allow by name, or refuse by name', () => {
    const scripted = [...new Set(installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path)))];
    expect(scripted.length).toBeGreaterThan(0);
    expect(scripted.filter((name) => !Object.hasOwn(root.allowScripts, name))).toEqual([]);
    const ci = readFileSync('.ci/run', 'utf8');
    expect(ci).toContain('npm ci --ignore-scripts');
    expect(ci.match(/npm (ci|install|i)\b(?!.*--ignore-scripts)/)).toBeNull();
  });

  it('I13 takes none of its own names from a registry', () => {
    const own = globSync('{apps,libs}/*/package.json').map((file) => JSON.parse(readFileSync(file, 'utf8')) as { name: string; private?: boolean });
    expect(own.length).toBeGreaterThan(10);
    expect(own.filter(({ name, private: isPrivate }) => !name.startsWith('@byok/') || !isPrivate)).toEqual([]);
    const linked = Object.keys(lock.packages).filter((path) => /node_modules\/@byok\//.test(path));
    expect(linked.filter((path) => !lock.packages[path]!.link)).toEqual([]);
  });
});
