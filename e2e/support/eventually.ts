import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 50;

/** Reads until the value is as wanted and returns it; after `withinMs` returns what it read last, for the test to complain about. */
export async function eventually<T>(read: () => T | Promise<T>, isWanted: (value: T) => boolean, withinMs = 15_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (isWanted(value) || Date.now() > deadline) return value;
    await sleep(EVERY_MS);
  }
}
