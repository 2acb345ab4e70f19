import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ID } from './case-ids.js';

/** What `npm test` left behind: jest's own reports. */
export const REPORTS = ['tmp/jest-unit.json', 'tmp/jest-e2e.json'];

interface JestReport {
  testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[];
}

/** Outcomes by `<id> <file>` of the tests whose name (with the names around it) carries the id, and by `<id>` of all of them. @throws when a report is missing */
export function readResults(): Map<string, Set<string>> {
  const results = new Map<string, Set<string>>();
  for (const path of REPORTS) {
    const report = JSON.parse(readFileSync(path, 'utf8')) as JestReport;
    for (const { name, assertionResults } of report.testResults) {
      for (const { fullName, status } of assertionResults) {
        for (const id of new Set(fullName.match(ID))) {
          for (const at of [id, `${id} ${relative(process.cwd(), name)}`]) results.set(at, (results.get(at) ?? new Set()).add(status));
        }
      }
    }
  }
  return results;
}
