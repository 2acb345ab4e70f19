// `npm test`: lint with boundaries and their canary, types, unit and integration suites, stories through a started product, and
// whether every security case is held by a test that passed.
// Every step runs even when an earlier one failed; the last line counts them all.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename } from 'node:path';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
const only = process.argv.slice(2);

mkdirSync('tmp', { recursive: true });
// Without a project graph the boundary rule is skipped in silence: make the graph, prove the rules fire, then believe lint.
await step('project graph', 'nx', ['graph', '--file=tmp/graph.json']);
await step('boundaries canary', 'node', ['tools/boundaries-canary.mjs']);
await Promise.all([step('lint', 'eslint', ['.', '--max-warnings=0']), step('types', 'tsc', ['--noEmit', '-p', 'tsconfig.json'])]);
await jest('unit and integration suites', ['--selectProjects', 'unit', 'int', '--maxWorkers=2']);
// One product at a time: two, beside anything else, take so long on a small machine that what they wait for gives up.
await jest('stories through the started product', ['--selectProjects', 'e2e', '--maxWorkers=1']);
await step('security cases', 'node', ['--conditions=@byok/source', '--import', '@swc-node/register/esm-register', 'tools/cases/main.ts', '--check']);

process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}\n`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);

async function step(name: string, command: string, parameters: string[]): Promise<void> {
  if (only.length > 0 && !only.includes(name)) return;
  const { code, tookMs } = await run(name, command, parameters);
  counts[code === 0 ? 'passed' : 'failed']++;
  say(name, code, tookMs);
}

async function jest(name: string, parameters: string[]): Promise<void> {
  if (only.length > 0 && !only.includes(name)) return;
  const report = `tmp/jest-${basename(parameters[1]!)}.json`;
  rmSync(report, { force: true });
  const { code, tookMs } = await run(name, 'jest', [...parameters, '--ci', '--json', `--outputFile=${report}`, '--silent=false']);
  add(report, code);
  say(name, code, tookMs);
}

/** A run that left no report, or failed outside any test, is a failure of its own. */
function add(report: string, code: number): void {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8')) as Record<'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numRuntimeErrorTestSuites', number>;
    counts.passed += result.numPassedTests;
    counts.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    counts.skipped += result.numPendingTests;
    if (code !== 0 && result.numFailedTests + result.numRuntimeErrorTestSuites === 0) counts.failed++;
  } catch {
    counts.failed++;
  }
}

function run(name: string, command: string, parameters: string[]): Promise<{ code: number; tookMs: number }> {
  process.stdout.write(`\n▸ ${name}\n`);
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, parameters, {
      // Jest's own report goes to stderr; its JSON is read from the file.
      stdio: ['ignore', command === 'jest' ? 'ignore' : 'inherit', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: command === 'jest' ? '--experimental-vm-modules --no-warnings' : '', NX_DAEMON: 'false' },
    });
    child.on('error', () => resolve({ code: 127, tookMs: 0 }));
    child.on('close', (code) => resolve({ code: code ?? 1, tookMs: performance.now() - startedAt }));
  });
}

function say(name: string, code: number, tookMs: number): void {
  process.stdout.write(`${code === 0 ? '✔' : '✘'} ${name} (${(tookMs / 1000).toFixed(1)} s)\n`);
}
