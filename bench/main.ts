/**
 * Our gateway beside a bare Node proxy, nginx and Portkey, in one run, in front of one fake upstream. A benchmark, not a test:
 * it prints what it measured and whether the asks hold, and fails only when something could not be measured.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPlan, type Plan } from './options.js';
import { CORES, pin, PINNING, setNiceness, treeOf } from './processes.js';
import { profileSubjects } from './profile.js';
import { printReport, writeReport } from './report/report.js';
import { runRounds } from './run-rounds.js';
import { measureIdle } from './run-idle.js';
import { launchNode, portOf, SOURCE_ARGUMENTS } from './subjects/node-process.js';
import type { Surroundings } from './subjects/subject.js';

async function bench(plan: Plan): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'byok-bench-'));
  pin(treeOf(process.pid), CORES.load);
  const upstream = launchNode({ name: 'upstream', folder, core: CORES.upstream, nodeArguments: [...SOURCE_ARGUMENTS, join(import.meta.dirname, 'fake-upstream.ts')] });
  try {
    const surroundings: Surroundings = { upstreamPort: await portOf(upstream.child, 'The fake upstream'), folder, niceness: plan.niceness };
    setNiceness([process.pid, upstream.pid], plan.niceness);
    console.log(`${plan.isQuick ? 'Quick' : 'Full'} run, ${PINNING}.`);
    if (plan.profile.length > 0) return await profileSubjects(plan, surroundings);
    const startedAt = new Date();
    const fresh = await measureIdle(plan, surroundings);
    const rounds = await runRounds(plan, surroundings);
    const report = { plan, startedAt, tookSeconds: Math.round((Date.now() - startedAt.getTime()) / 1_000), ...rounds, idle: { ...rounds.idle, ...fresh } };
    console.log(printReport(report));
    console.log(`Written to ${await writeReport(report)}`);
  } finally {
    await upstream.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

await bench(readPlan(process.argv.slice(2)));
