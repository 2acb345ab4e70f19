// What holds each case of the security table. `npm run cases` counts; `-- --write` makes docs/security-cases.md out of the last `npm test`;
// `-- --check`, the last step of `npm test`, fails when a case is held by nothing, one of its tests did not pass, or the page is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { CASES, ID } from './case-ids.js';
import { findDecisions, findTests } from './find-mentions.js';
import { readResults } from './read-results.js';
import { render, type Found } from './render.js';

const PAGE = 'docs/security-cases.md';
/** What is promised there is held by tests; a decision is not enough. */
const PROMISES = 'docs/threat-model.md';
const mode = process.argv[2];
const tests = findTests();
const decisions = findDecisions();
const missing = CASES.filter((id) => !tests.has(id) && !decisions.has(id));
const promised = [...new Set(readFileSync(PROMISES, 'utf8').match(ID))];
const problems = [...missing.map((id) => `${id} has neither a test nor a decision`), ...promised.filter((id) => !tests.has(id)).map((id) => `${PROMISES} rests on ${id}, which no test holds`)];

if (mode === '--write' || mode === '--check') {
  const results = readResults();
  // A suite runs in the files of the specs that call it.
  const resultOf: Found['resultOf'] = (id, file) => [...(results.get(file.endsWith('.suite.ts') ? id : `${id} ${file}`) ?? ['not run'])].sort().join(', ');
  for (const id of CASES) {
    for (const { file, name } of tests.get(id) ?? []) {
      const result = resultOf(id, file);
      // Skipped where a machine lacks what a suite needs, which the suite says itself, loudly.
      if (result === 'pending') process.stdout.write(`· ${id} was skipped here: ${file}: ${name}\n`);
      else if (!/^(?:passed|passed, pending)$/.test(result)) problems.push(`${id} ${result}: ${file}: ${name}`);
    }
  }
  const page = render({ tests, decisions, resultOf });
  if (mode === '--write') writeFileSync(PAGE, page);
  else if (withoutResults(readFileSync(PAGE, 'utf8')) !== withoutResults(page)) problems.push(`${PAGE} is not what the tests say: npm run cases -- --write`);
}

for (const problem of problems) process.stdout.write(`✘ ${problem}\n`);
process.stdout.write(`${CASES.length} cases: ${CASES.filter((id) => tests.has(id)).length} with a test, ${CASES.filter((id) => !tests.has(id) && decisions.has(id)).length} decided otherwise, ${missing.length} with neither\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** What a run said may differ from machine to machine; what holds a case may not. */
function withoutResults(page: string): string {
  return page.replaceAll(/[^|\n]*\|$/gm, '');
}
