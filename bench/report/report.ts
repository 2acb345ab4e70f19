import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { LOAD_GENERATOR } from '../load/load.js';
import { PINNING } from '../processes.js';
import { judge, type Verdict } from './asks.js';
import { summarise, type Report, type Summary } from './summary.js';
import { number, table } from './table.js';

/** The run as Markdown, for a terminal and for docs/performance.md alike. */
export function printReport(report: Report): string {
  const summaries = summarise(report);
  const parts = [
    circumstances(report),
    throughputTable(summaries),
    latencyTable(summaries),
    streamTable(summaries),
    verdictTable(judge(summaries)),
    ...(report.helpers ? [helperLine(report.helpers)] : []),
    ...failureLines(summaries),
  ];
  return `\n${parts.join('\n\n')}\n`;
}

/** Everything that was measured, as JSON, and the tables beside it. */
export async function writeReport(report: Report): Promise<string> {
  const folder = join(import.meta.dirname, '../out');
  await mkdir(folder, { recursive: true });
  const summaries = summarise(report);
  const path = join(folder, `${report.startedAt.toISOString().replaceAll(/[:.]/g, '-')}.json`);
  const content = { ...report, machine: machine(), node: process.versions.node, pinning: PINNING, loadGenerator: LOAD_GENERATOR, summaries, verdicts: judge(summaries) };
  await writeFile(path, JSON.stringify(content, null, 2));
  await writeFile(join(folder, 'latest.md'), printReport(report));
  return path;
}

function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`;
}

function circumstances({ plan, startedAt, tookSeconds, about }: Report): string {
  const lines = [
    `${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${tookSeconds} s; ${machine()}; ${PINNING}; load by ${LOAD_GENERATOR}.`,
    `${plan.isQuick ? 'QUICK RUN: a smoke, not a result. ' : ''}${plan.rounds} interleaved round(s), medians; ${plan.seconds} s each at 32 and 256 connections after ${plan.warmSeconds} s of warm-up.${plan.niceness === 0 ? '' : ` Proxies, upstream and load at niceness ${plan.niceness}.`}`,
    ...Object.entries(about).map(([name, text]) => `- ${name}: ${text}`),
  ];
  return lines.join('\n');
}

function throughputTable(summaries: readonly Summary[]): string {
  const bare = summaries.find(({ name }) => name === 'bare');
  const rows = summaries.map((each) => [
    each.name,
    number(each.perSecond32),
    `${number(each.p50Us32 / 1_000, 2)} / ${number(each.p99Us32 / 1_000, 1)}`,
    number(each.cpuUs32, 1),
    number(each.perSecond256),
    `${number(each.p50Us256 / 1_000, 1)} / ${number(each.p99Us256 / 1_000, 1)}`,
    number(each.cpuUs256, 1),
    `${number(each.perSecond32 / (bare?.perSecond32 ?? NaN), 2)} / ${number(each.perSecond256 / (bare?.perSecond256 ?? NaN), 2)}`,
    number(each.cpuUs32 / (bare?.cpuUs32 ?? NaN), 2),
  ]);
  return table(['604 B answers', 'req/s c32', 'p50/p99 ms', 'CPU µs/req', 'req/s c256', 'p50/p99 ms', 'CPU µs/req', '× bare c32/c256', 'CPU ÷ bare'], rows);
}

function latencyTable(summaries: readonly Summary[]): string {
  const rows = summaries.map((each) => [
    each.name,
    `${number(each.p50Us)} / ${number(each.p99Us)}`,
    `${number(each.addedP50Us)} / ${number(each.addedP99Us)}`,
    number(each.perSecond16Kb),
    number(each.cpuUs16Kb, 1),
    number(each.perSecond1Mb),
    number(each.cpuUs1Mb),
    `${number(each.blockP50Ms, 2)} / ${number(each.blockP90Ms, 2)}`,
  ]);
  return table(['1 connection, bodies', 'p50/p99 µs', 'added µs', '16 KB req/s', 'CPU µs', '1 MB req/s', 'CPU µs', 'loop block ms p50/p90'], rows);
}

function streamTable(summaries: readonly Summary[]): string {
  const rows = summaries.map((each) => [
    each.name,
    number(each.firstByteP50Us),
    number(each.addedFirstByteUs),
    number(each.pacedFirstByteP50Us),
    number(each.addedPacedFirstByteUs),
    number(each.cpuUsPerChunk, 1),
    number(each.idleKb, 1),
  ]);
  return table(['streams', 'first byte µs, 1', 'added', 'first byte µs, 100', 'added', 'CPU µs/chunk paced', 'KB per idle stream'], rows);
}

function verdictTable(verdicts: readonly Verdict[]): string {
  const answer = (holds: boolean | undefined): string => (holds === undefined ? 'not measured' : holds ? 'yes' : 'NO');
  return table(
    ['ask', 'wanted', 'got', 'holds'],
    verdicts.map(({ ask, wanted, got, unit, holds }) => [ask, `${wanted} ${unit}`, `${number(got, 2)} ${unit}`, answer(holds)]),
  );
}

function helperLine({ cpuUsPerRequest, hasCaughtUp }: NonNullable<Report['helpers']>): string {
  return `The other processes of the standalone (vault, billing, admin API, PostgreSQL, supervisor) used ${number(cpuUsPerRequest)} µs of CPU per request ${hasCaughtUp ? 'until every usage event was booked' : 'so far, and were still booking usage events when this was written'}.`;
}

function failureLines(summaries: readonly Summary[]): string[] {
  const failed = summaries.filter(({ failures }) => failures > 0);
  return failed.map(({ name, failures }) => `FAILED CALLS: ${failures} of ${name} did not end well; its numbers are not comparable.`);
}
