import type { Log } from '@byok/platform';

import { inspectKeks } from './check-kek.js';
import type { Deps, KekProblem } from './check-kek.js';

/** Whether the operator's KEKs are still those that open what is stored. */
export interface KekWatch {
  /** One sentence each, with what to do; none when all is well. */
  readonly problems: readonly string[];
  look(): Promise<void>;
  stop(): void;
}

const EVERY_MS = 60_000;

/**
 * Looks at every KEK in use once a minute. A version that was disabled too early is found while the data keys in memory still
 * serve, and is said; nothing is changed because of it, so that enabling it again is all there is to do.
 */
export function watchKeks(deps: Deps & { log: Log }): KekWatch {
  let problems: readonly KekProblem[] = [];
  const look = async (): Promise<void> => {
    const before = problems.map((problem) => problem.sentence).join();
    problems = await inspectKeks(deps);
    if (problems.map((problem) => problem.sentence).join() === before) return;
    for (const { sentence, cause } of problems) deps.log.error({ error: cause }, sentence);
    if (problems.length === 0) deps.log.info({}, 'every KEK in use opens its canary again');
  };
  const timer = setInterval(() => void look().catch((error: unknown) => deps.log.warn({ error }, 'the KEKs cannot be looked at now')), EVERY_MS);
  return {
    get problems() {
      return problems.map((problem) => problem.sentence);
    },
    look,
    stop: () => clearInterval(timer),
  };
}
