import { CASES, SECTIONS } from './case-ids.js';
import type { Mention } from './find-mentions.js';

export interface Found {
  tests: Map<string, Mention[]>;
  decisions: Map<string, Mention[]>;
  /** What the last run said of the tests of a case in a file: `passed`, `failed`, …, or `not run`. */
  resultOf: (id: string, file: string) => string;
}

/** docs/security-cases.md: every case with its tests, or the decision about it. */
export function render(found: Found): string {
  const decided = CASES.filter((id) => !found.tests.has(id) && found.decisions.has(id)).length;
  const missing = CASES.filter((id) => !found.tests.has(id) && !found.decisions.has(id)).length;
  return [
    '# Security cases and their tests',
    '',
    '<!-- Generated from the names of the tests and the reports of the last run: `npm test`, then `npm run cases -- --write`. -->',
    '',
    `${CASES.length} cases: ${CASES.length - decided - missing} held by a test, ${decided} decided otherwise, ${missing} with neither. A test carries the id of its case in its name; \`npm test\` fails when`,
    'a case has neither a test nor a decision, when one of its tests does not pass, or when this page is not what the names say.',
    ...Object.entries(SECTIONS).flatMap(([section, title]) => ['', `## ${section} · ${title}`, '', '| Case | Level | Guarantee | File | Result |', '| --- | --- | --- | --- | --- |', ...CASES.filter((id) => id.startsWith(section)).flatMap((id) => rowsOf(id, found))]),
    '',
  ].join('\n');
}

function rowsOf(id: string, { tests, decisions, resultOf }: Found): string[] {
  const held = (tests.get(id) ?? []).map(({ file, name }) => `| ${id} | ${levelOf(file)} | ${cell(name)} | ${file} | ${resultOf(id, file)} |`);
  if (held.length > 0) return held;
  const [decision] = decisions.get(id) ?? [];
  return [decision ? `| ${id} | decision | ${cell(decision.name)} | ${decision.file} | decided |` : `| ${id} | - | nothing holds it | - | missing |`];
}

function levelOf(file: string): string {
  if (file.startsWith('e2e/')) return 'story';
  return file.endsWith('.int.spec.ts') ? 'integration' : 'unit';
}

/** The id has a column of its own. */
function cell(name: string): string {
  const text = name.replace(/^[-|]?\s*/, '').replaceAll('|', '\\|').replaceAll('<', '&lt;');
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
