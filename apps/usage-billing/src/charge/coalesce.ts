import { setTimeout as pause } from 'node:timers/promises';

/** What becomes of one of several that were done together. */
export type Outcome<R> = { value: R } | { error: unknown };

interface Waiting<T, R> {
  item: T;
  resolve(value: R): void;
  reject(error: unknown): void;
}

/**
 * Does things of one key together: those that come within a short window, and those that come while the ones before are being done.
 * A hot row is then locked once for many callers, not once for each. One run at a time per key, and every caller gets its own outcome.
 */
export function coalesce<T, R>(options: { windowMs: number; most: number; run(key: string, items: readonly T[]): Promise<Outcome<R>[]> }): (key: string, item: T) => Promise<R> {
  const { windowMs, most, run } = options;
  const queues = new Map<string, Waiting<T, R>[]>();

  async function drain(key: string, queue: Waiting<T, R>[]): Promise<void> {
    await pause(windowMs);
    while (queue.length > 0) {
      const batch = queue.splice(0, most);
      try {
        const outcomes = await run(key, batch.map(({ item }) => item));
        batch.forEach(({ resolve, reject }, index) => {
          const outcome = outcomes[index]!;
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value);
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    queues.delete(key);
  }

  return (key, item) =>
    new Promise<R>((resolve, reject) => {
      const queue = queues.get(key);
      const waiting = { item, resolve, reject };
      if (queue) return void queue.push(waiting);
      const begun = [waiting];
      queues.set(key, begun);
      void drain(key, begun);
    });
}
