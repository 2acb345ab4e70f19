import { setTimeout as sleep } from 'node:timers/promises';
import { request, Agent } from 'undici';
import { PATH } from '../load/requests.js';
import { command } from '../loop-control.js';
import { median, percentile } from '../median.js';
import type { Subject } from '../subjects/subject.js';

export interface LoopBlock {
  prompts: number;
  /** Longest turn of the event loop while one prompt was handled: median and 90th percentile over the prompts. */
  p50Ms: number;
  p90Ms: number;
  /** The same without any call, to see what the machine itself does. */
  idleMs: number;
}

type Turn = [endedAt: number, lastedMs: number];
const GAP_MS = 25;
const WINDOW_END_MS = 1;

/**
 * How long one large prompt keeps the event loop from anything else. Seen from inside: the hook runs the loop without pause and
 * notes the length of every turn; the longest turn while a prompt is handled is what another call would have had to wait.
 */
export async function measureLoopBlock(subject: Subject, body: string, prompts: number): Promise<LoopBlock | undefined> {
  const { hookFolder } = subject;
  const pid = subject.pids[0];
  if (hookFolder === undefined || pid === undefined) return undefined;
  const dispatcher = new Agent({ connections: 1, pipelining: 1 });
  const send = async (): Promise<void> => {
    const answer = await request(`${subject.url}${PATH}`, { method: 'POST', headers: { 'content-type': 'application/json', ...subject.headers }, body, dispatcher });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`${subject.name} answered a large prompt with ${answer.statusCode}.`);
  };
  for (let index = 0; index < prompts; index++) await send();
  await command(hookFolder, pid, 'spin-start');
  const windows: [number, number][] = [];
  const pauses: [number, number][] = [];
  for (let index = 0; index < prompts; index++) {
    const pausedAt = wallClock();
    await sleep(GAP_MS);
    const sentAt = wallClock();
    await send();
    pauses.push([pausedAt + GAP_MS / 2, sentAt]);
    windows.push([sentAt, wallClock() + WINDOW_END_MS]);
  }
  const { turns } = await command<{ turns: Turn[] }>(hookFolder, pid, 'spin-stop');
  await dispatcher.close();
  const longest = ([from, to]: [number, number]): number => Math.max(0, ...turns.filter(([endedAt]) => endedAt >= from && endedAt <= to).map(([, lastedMs]) => lastedMs));
  const blocks = windows.map(longest);
  return { prompts, p50Ms: median(blocks), p90Ms: percentile(blocks, 90), idleMs: median(pauses.map(longest)) };
}

function wallClock(): number {
  return performance.timeOrigin + performance.now();
}
