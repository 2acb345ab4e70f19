// Compiles every app and lib from src to dist. Only what changed since the last time; removes what has no source any more.
// Types are checked by `npm test`, not here.
import { transformFile } from '@swc/core';
import { existsSync, globSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const outputOf = (source) => source.replace('/src/', '/dist/').replace(/\.ts$/, '.js');
const isTest = (file) => /\.(spec|suite|builder)\.ts$|\/src\/spec\//.test(file);

const sources = globSync('{apps,libs}/*/src/**/*.ts').filter((file) => !isTest(file));
const wanted = new Set(sources.flatMap((source) => [outputOf(source), `${outputOf(source)}.map`]));
for (const stale of globSync('{apps,libs}/*/dist/**/*.{js,map}')) if (!wanted.has(stale)) rmSync(stale);

const settingsChangedAt = Math.max(statSync('.swcrc').mtimeMs, statSync('package-lock.json').mtimeMs);
const changed = sources.filter((source) => {
  const output = outputOf(source);
  if (!existsSync(output)) return true;
  const builtAt = statSync(output).mtimeMs;
  return builtAt < statSync(source).mtimeMs || builtAt < settingsChangedAt;
});

await Promise.all(
  changed.map(async (source) => {
    const output = outputOf(source);
    const { code, map } = await transformFile(source, { sourceFileName: source.split('/').at(-1) });
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(`${output}.map`, map);
    writeFileSync(output, `${code}\n//# sourceMappingURL=${output.split('/').at(-1)}.map\n`);
  }),
);
if (changed.length > 0) console.log(`built ${changed.length} of ${sources.length} files`);
