import { measureIdleStreams, type IdleStreams } from './measure/idle-streams.js';
import { warm } from './measure/turn.js';
import type { Plan } from './options.js';
import { startSubject } from './subjects/start.js';
import type { SubjectName, Surroundings } from './subjects/subject.js';

export type IdleResults = Partial<Record<SubjectName, IdleStreams[]>>;

/** Memory of open streams, each time in a proxy that was started for it: a heap that has grown once hides what streams need. */
export async function measureIdle(plan: Plan, surroundings: Surroundings): Promise<IdleResults> {
  const results: IdleResults = {};
  for (let round = 0; round < plan.idleRounds; round++) {
    for (const name of plan.subjects.filter((each) => each !== 'direct')) {
      const subject = await startSubject(name, surroundings);
      if (!subject) continue;
      try {
        await warm(subject, { ...plan, warmSeconds: 2 }, surroundings.folder);
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
