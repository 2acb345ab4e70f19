import { globSync, readFileSync } from 'node:fs';
import { ID } from './case-ids.js';

const TESTS = ['apps/**/*.spec.ts', 'apps/**/*.suite.ts', 'libs/**/*.spec.ts', 'libs/**/*.suite.ts', 'e2e/**/*.e2e.ts', 'e2e/**/*.suite.ts', 'tools/**/*.spec.ts'];
/** Of a plain test, or of the second pair of parentheses of an `each`, whose table may have many lines. */
const NAMED = /(?:\b(?:describe|it|test)(?:\.each\([^\n]*?\)|\.each<[^\n]*?>\([^\n]*?\)|\.\w+)?|\n? *\](?: as const)?\))\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g;

/** A test that carries a case's id in its name, or a decision that names it. */
export interface Mention {
  file: string;
  name: string;
}

export function findTests(): Map<string, Mention[]> {
  return mentionsIn(TESTS, (text) => [...text.matchAll(NAMED)].map((match) => match[2]!.replaceAll(/\\(['"`])/g, '$1')));
}

export function findDecisions(): Map<string, Mention[]> {
  return mentionsIn(['docs/decisions/*.md'], (text) => [text.split('\n', 1)[0]!.replace(/^#\s*/, ''), ...text.split('\n').filter((line) => /^[-|]? ?\**[A-I]\d\d/.test(line))]);
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
