import { measureIdleStreams, type IdleStreams } from './measure/idle-streams.js';
import { measureFirstByte } from './measure/streams.js';
import type { Plan } from './options.js';
import { startSubject } from './subjects/start.js';
import type { SubjectName, Surroundings } from './subjects/subject.js';

export type IdleResults = Partial<Record<SubjectName, IdleStreams[]>>;

/** Streams one after the other: connections and code are there, but no load has made the heap grow. */
const LIGHT_WARM_SECONDS = 2;

/** Memory of open streams, each time in a proxy that was started for it: a heap that has grown once hides what streams need. */
export async function measureIdle(plan: Plan, surroundings: Surroundings): Promise<IdleResults> {
  const results: IdleResults = {};
  for (let round = 0; round < plan.idleRounds; round++) {
    for (const name of plan.subjects.filter((each) => each !== 'direct')) {
      const subject = await startSubject(name, surroundings);
      if (!subject) continue;
      try {
        await measureFirstByte(subject, LIGHT_WARM_SECONDS);
        const idle = await measureIdleStreams(subject, plan.idleStreams, plan.settleMs);
        (results[name] ??= []).push(idle);
        console.log(`idle streams ${round + 1}/${plan.idleRounds}  ${name.padEnd(8)} ${idle.kbPerStream.toFixed(1)} KB each`);
      } finally {
        await subject.stop();
      }
    }
  }
  return results;
}
