import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Microseconds per tick of utime and stime in /proc/<pid>/stat; USER_HZ is 100 on every Linux that Node supports. */
const TICK_US = 10_000;

/** Which core does what. The proxy has one to itself; load, upstream and helpers share the rest. */
export const CORES = { proxy: 0, load: cpus().length > 1 ? 1 : 0, upstream: cpus().length > 2 ? 2 : 1, helpers: cpus().length > 3 ? 3 : 1 };

export function has(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const canPin = cpus().length > 1 && has('taskset');
export const PINNING = canPin ? `proxy on core ${CORES.proxy}, load generator on ${CORES.load}, upstream on ${CORES.upstream}, helpers on ${CORES.helpers}` : 'processes are not pinned (no taskset or one core)';

/** The command line that runs a program on one core. */
export function onCore(core: number, program: string, argumentList: readonly string[]): [string, string[]] {
  return canPin ? ['taskset', ['-c', String(core), program, ...argumentList]] : [program, [...argumentList]];
}

/** Moves processes with all their threads; what they start later stays there too. */
export function pin(pids: readonly number[], core: number): void {
  if (!canPin) return;
  for (const pid of pids) execFileSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' });
}

/**
 * Sets the priority of processes with all their threads: Linux keeps it per thread, and where sessions are scheduled as groups, as
 * on most desktops, only the group's counts against other sessions. Below zero needs root.
 */
export function setNiceness(pids: readonly number[], niceness: number): void {
  const threads = pids.flatMap((pid) => readdirSync(`/proc/${pid}/task`));
  if (threads.length === 0) return;
  execFileSync('renice', ['-n', String(niceness), '-p', ...threads], { stdio: 'ignore' });
  for (const pid of pids) if (groupOf(pid) !== undefined) writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
}

function groupOf(pid: number | 'self'): string | undefined {
  return existsSync(`/proc/${pid}/autogroup`) ? readFileSync(`/proc/${pid}/autogroup`, 'utf8').split(' ')[0] : undefined;
}

const HELPER_NICENESS = 19;
const canIdle = has('chrt');

/**
 * Helpers share a core with the load generator; what they have to catch up on must not slow it down. To be repeated: they fork.
 * Those of our own session keep their priority: it is the load generator's, too.
 */
export function calmHelpers(pids: readonly number[]): void {
  for (const pid of pids) {
    if (!existsSync(`/proc/${pid}`) || groupOf(pid) === groupOf('self')) continue;
    setNiceness([pid], HELPER_NICENESS);
    // A slice of a process that is merely nice holds up the load generator, and with it the proxy, for milliseconds.
    if (canIdle) execFileSync('chrt', ['--idle', '--all-tasks', '--pid', '0', String(pid)], { stdio: 'ignore' });
  }
}

/** A process and everything under it. */
export function treeOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? statOf(pid) : undefined;
    if (stat) parents.set(pid, Number(stat[1]));
  }
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
}

/** CPU time these processes have used, with their children that have ended. */
export function cpuUs(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const stat = statOf(pid);
    if (stat) ticks += Number(stat[11]) + Number(stat[12]) + Number(stat[13]) + Number(stat[14]);
  }
  return ticks * TICK_US;
}

export function residentKb(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0), 0);
}

/** Fields of /proc/<pid>/stat behind the name, so that index 0 is the state. */
function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
  } catch {
    return undefined;
  }
}
