// Lists the security cases of sections G and H with the tests that carry their id in their name and the decisions that name them;
// ends with 1 when one has neither. `node --conditions=@byok/source --import @swc-node/register/esm-register tools/cases.ts [--missing]`
import { globSync, readFileSync } from 'node:fs';

const CASES = [...idsOf('G', 26), ...idsOf('H', 25)];
const TESTS = ['apps/**/*.spec.ts', 'apps/**/*.suite.ts', 'libs/**/*.spec.ts', 'libs/**/*.suite.ts', 'e2e/**/*.e2e.ts', 'e2e/**/*.suite.ts'];
/** Of a plain test, or of the second pair of parentheses of an `each`, whose table may have many lines. */
const NAMED = /(?:\b(?:describe|it|test)(?:\.each\([^\n]*?\)|\.\w+)?|\n? *\](?: as const)?\))\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g;
const ID = /\b[A-K]\d\d\b/g;

interface Mention {
  file: string;
  name: string;
}

const tests = mentionsIn(TESTS, (text) => [...text.matchAll(NAMED)].map((match) => match[2]!));
const decisions = mentionsIn(['docs/decisions/*.md'], (text) => [text.split('\n', 1)[0]!.replace(/^#\s*/, ''), ...text.split('\n').filter((line) => /^\|? ?\**[A-K]\d\d/.test(line))]);
const missing = CASES.filter((id) => !tests.has(id) && !decisions.has(id));
const isBrief = process.argv.includes('--missing');

for (const id of isBrief ? missing : CASES) {
  say(`${tests.has(id) ? '✔' : decisions.has(id) ? '·' : '✘'} ${id}`);
  for (const { file, name } of tests.get(id) ?? []) say(`    ${file}: ${name}`);
  for (const { file, name } of decisions.get(id) ?? []) say(`    ${file}: ${name.slice(0, 160)}`);
}
say(`${CASES.length} cases: ${CASES.filter((id) => tests.has(id)).length} with a test, ${CASES.filter((id) => !tests.has(id) && decisions.has(id)).length} decided otherwise, ${missing.length} with neither${missing.length > 0 ? `: ${missing.join(' ')}` : ''}`);
process.exitCode = missing.length > 0 ? 1 : 0;

function idsOf(section: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${section}${String(index + 1).padStart(2, '0')}`);
}

function mentionsIn(patterns: readonly string[], namesOf: (text: string) => string[]): Map<string, Mention[]> {
  const found = new Map<string, Mention[]>();
  for (const file of globSync([...patterns], { exclude: (path) => path === 'node_modules' || path === 'dist' }).sort()) {
    for (const name of namesOf(readFileSync(file, 'utf8'))) {
      for (const id of new Set(name.match(ID))) found.set(id, [...(found.get(id) ?? []), { file, name }]);
    }
  }
  return found;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
