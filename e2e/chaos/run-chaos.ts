import { startFakeUpstream, type FakeUpstream } from '@byok/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStandalone, type Standalone } from '../support/start-standalone.js';
import type { Check } from './check.js';
import { checkBooks } from './check-books.js';
import { checkWitness, type WitnessReport } from './check-witness.js';
import { diceOf } from './dice.js';
import { causeTrouble, type FaultCounts } from './faults.js';
import { makeLoad, type ChaosCall } from './load.js';
import { buildScene, misbehave, type Scene } from './scene.js';
import { isSettled, settle, type Unsettled } from './settle.js';

export interface ChaosOptions {
  seed: number;
  /** Of load and trouble; starting, settling and checking come on top. */
  seconds: number;
  say(line: string): void;
  workers?: number;
  killEveryMs?: number;
  /** With everything still running: what the books say after somebody has changed something. */
  afterwards?(standalone: Standalone, checkAgain: () => Promise<Check[]>): Promise<void>;
}

export interface ChaosReport {
  seed: number;
  calls: ChaosCall[];
  faults: FaultCounts;
  metered: WitnessReport;
  holds: Record<string, number>;
  /** What services complained of, at level error, and how often. */
  logged: Record<string, number>;
  settledInMs: number;
  checks: Check[];
}

const LEASE_MS = 8_000;
const SETTLE_LIMIT_MS = 60_000;

/** The whole product under load while its processes are killed and its messages repeated; then, at rest, every book is checked. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const upstream = await startFakeUpstream();
  let standalone: Standalone | undefined;
  try {
    standalone = await startStandalone({ upstream, environment: { HOLD_LEASE_MS: String(LEASE_MS), DEFAULT_MAX_OUTPUT_TOKENS: '64', LOG_LEVEL: 'warn' } });
    const scene = await buildScene(standalone, options.seconds);
    misbehave(upstream);
    return await run(standalone, upstream, scene, options);
  } finally {
    await standalone?.stop();
    await upstream.close();
  }
}

async function run(standalone: Standalone, upstream: FakeUpstream, scene: Scene, options: ChaosOptions): Promise<ChaosReport> {
  const { seed, seconds, say, workers = 24, killEveryMs = 6_000 } = options;
  const dice = diceOf(seed);
  const calls: ChaosCall[] = [];
  const faults: FaultCounts = { kills: {}, duplicates: 0, topUps: 0 };
  const ending = new AbortController();
  const { signal } = ending;
  const running = Promise.all([
    makeLoad(standalone.gatewayUrl, scene, { dice: dice.fork(), workers, signal, calls }),
    causeTrouble(standalone, scene, { dice: dice.fork(), signal, killEveryMs, counts: faults }),
  ]);
  for (let second = 1; second <= seconds; second++) {
    await Promise.race([sleep(1_000), running]);
    say(progress(second, calls, faults, upstream));
  }
  ending.abort();
  await running;
  const since = Date.now();
  const left = await settle(standalone, upstream, SETTLE_LIMIT_MS);
  const settledInMs = Date.now() - since;
  const gatewayKills = (faults.kills['gateway'] ?? 0) + (faults.kills['postgresql'] ?? 0);
  const metered = await checkWitness(standalone, upstream, calls, gatewayKills * workers);
  const checks = [restCheck(left), endedCheck(standalone.output()), foreseenCheck(calls), grantCheck(await grants(standalone, scene), faults), ...metered.checks, ...(await checkBooks(standalone))];
  await options.afterwards?.(standalone, async () => [...(await checkWitness(standalone, upstream, calls, gatewayKills * workers)).checks, ...(await checkBooks(standalone))]);
  return { seed, calls, faults, metered, holds: await holdStates(standalone), logged: await complaints(standalone), settledInMs, checks };
}

function progress(second: number, calls: readonly ChaosCall[], { kills, duplicates }: FaultCounts, upstream: FakeUpstream): string {
  const endings = counted(calls.map((call) => call.ending));
  return `${String(second).padStart(4)} s  calls ${calls.length} ${listed(endings)}  at the provider ${upstream.witness().length}  killed ${listed(kills) || 'nothing'}  repeated ${duplicates}`;
}

function restCheck(left: Unsettled): Check {
  return { name: 'everything came to rest: spool, queue, holds and outbox are empty', problems: isSettled(left) ? [] : [JSON.stringify(left)] };
}

/** The supervisor says so of every process that ends after it was ready; a killed one has a signal and no exit code. */
function endedCheck(output: string): Check {
  const ended = output.split('\n').filter((line) => line.includes('a process ended and is started again') && /"code":\d/.test(line) && !line.includes('"process":"postgres"'));
  return { name: 'no service ended but those that were killed', problems: ended };
}

/** Whatever dies, a caller is told what it means for them. */
function foreseenCheck(calls: readonly ChaosCall[]): Check {
  return { name: 'no call failed in a way that nobody foresaw', problems: calls.filter(({ status }) => status === 500).map(({ id, code }) => `${id}: ${code}`) };
}

function grantCheck(made: number, { topUps }: FaultCounts): Check {
  return { name: 'every grant was made once, however often it was asked for', problems: made === topUps + 1 ? [] : [`${made} journals, ${topUps + 1} grants`] };
}

async function grants(standalone: Standalone, scene: Scene): Promise<number> {
  const [row] = await standalone.sql<{ made: number }>(`SELECT count(*)::int AS made FROM billing.journal WHERE org_id = $1 AND kind = 'top_up'`, [scene.toppedUp]);
  return row!.made;
}

async function holdStates(standalone: Standalone): Promise<Record<string, number>> {
  const rows = await standalone.sql<{ state: string; holds: number }>('SELECT state, count(*)::int AS holds FROM billing.hold GROUP BY state ORDER BY state');
  return Object.fromEntries(rows.map(({ state, holds }) => [state, holds]));
}

const ERROR_LEVEL = 50;

async function complaints(standalone: Standalone): Promise<Record<string, number>> {
  const lines = (await standalone.logs()).split('\n').filter((line) => line.startsWith('{'));
  return counted(lines.flatMap((line) => complaintIn(line)));
}

function complaintIn(line: string): string[] {
  try {
    const { level, service, msg } = JSON.parse(line) as { level: number; service: string; msg: string };
    return level >= ERROR_LEVEL ? [`${service}: ${msg}`] : [];
  } catch {
    return [];
  }
}

export function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export const listed = (counts: Readonly<Record<string, number>>): string => Object.entries(counts).sort().map(([name, count]) => `${name} ${count}`).join(', ');
