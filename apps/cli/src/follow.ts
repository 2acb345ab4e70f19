import { setTimeout as sleep } from 'node:timers/promises';

export interface Progress {
  percent: number;
  /** Such as `1200 of 3000 values`. */
  what: string;
  isOver: boolean;
}

const EVERY_MS = 500;
const WIDTH = 30;

/** Asks until it is over, and draws how far it is: a bar on a terminal, a line per tenth elsewhere. The work goes on whether somebody looks or not. */
export async function follow<T>(read: () => Promise<T>, progressOf: (state: T) => Progress, everyMs = EVERY_MS): Promise<T> {
  for (let shown = -1; ; await sleep(everyMs)) {
    const state = await read();
    const { percent, what, isOver } = progressOf(state);
    const tenth = Math.floor(percent / 10);
    if (process.stderr.isTTY) process.stderr.write(`\r${bar(percent)} ${what}\u001b[K${isOver ? '\n' : ''}`);
    else if (tenth !== shown) process.stderr.write(`${percent} % ${what}\n`);
    shown = tenth;
    if (isOver) return state;
  }
}

function bar(percent: number): string {
  const full = Math.round((percent / 100) * WIDTH);
  return `[${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}] ${String(percent).padStart(3)} %`;
}
