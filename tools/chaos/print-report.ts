import { counted, listed, type ChaosReport } from '../../e2e/chaos/run-chaos.js';

/** The report as a table; true when every guarantee held. */
export function printReport(report: ChaosReport, say: (line: string) => void): boolean {
  const { calls, faults, metered, holds, checks } = report;
  const rows: [string, string][] = [
    ['calls', `${calls.length}: ${listed(counted(calls.map((call) => call.ending)))}`],
    ['kinds', listed(counted(calls.map((call) => call.kind)))],
    ['refusals and failures', listed(counted(calls.filter((call) => call.code).map((call) => `${call.status} ${call.code}`)))],
    ['killed', listed(faults.kills)],
    ['events repeated', String(faults.duplicates)],
    ['grants', String(faults.topUps + 1)],
    ['usage events', `${metered.events}, of which estimated ${metered.estimated}`],
    ['holds', listed(holds)],
    ['at rest after', `${(report.settledInMs / 1_000).toFixed(1)} s`],
    ['seed', String(report.seed)],
  ];
  say('');
  for (const [name, value] of rows) say(`${name.padEnd(24)}${value}`);
  for (const [complaint, times] of Object.entries(report.logged)) say(`${'logged'.padEnd(24)}${times} × ${complaint}`);
  say('');
  for (const { name, problems } of checks) {
    say(`${problems.length === 0 ? '✔' : '✘'} ${name}`);
    for (const problem of problems.slice(0, 5)) say(`    ${problem}`);
  }
  return checks.every(({ problems }) => problems.length === 0);
}
