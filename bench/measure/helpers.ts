import { setTimeout as sleep } from 'node:timers/promises';
import { cpuUs } from '../processes.js';
import type { Subject } from '../subjects/subject.js';

const LOOK_EVERY_MS = 500;
/** Of one core: below this the helpers have caught up. */
const IDLE_SHARE = 0.1;

/** Waits until what works for a proxy elsewhere has caught up; false when it had not after `limitMs`. */
export async function helpersSettled(subject: Subject, limitMs: number): Promise<boolean> {
  const helpers = subject.helpers();
  if (helpers.length === 0) return true;
  for (const deadline = Date.now() + limitMs; Date.now() < deadline; ) {
    const before = cpuUs(helpers);
    await sleep(LOOK_EVERY_MS);
    if ((cpuUs(helpers) - before) / 1_000 < LOOK_EVERY_MS * IDLE_SHARE) return true;
  }
  return false;
}
