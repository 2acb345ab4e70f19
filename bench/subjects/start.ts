import { setNiceness } from '../processes.js';
import { startBare } from './bare.js';
import { startByok } from './byok.js';
import { startDirect } from './direct.js';
import { startNginx } from './nginx.js';
import { startPortkey } from './portkey.js';
import type { StartSubject, Subject, SubjectName, Surroundings } from './subject.js';

const starters: Record<SubjectName, StartSubject> = { direct: startDirect, nginx: startNginx, bare: startBare, byok: startByok, portkey: startPortkey };

/** Starts a proxy and gives it its priority; undefined where it cannot be had. */
export async function startSubject(name: SubjectName, surroundings: Surroundings): Promise<Subject | undefined> {
  const subject = await starters[name](surroundings);
  if (subject) setNiceness(subject.pids, surroundings.niceness);
  return subject;
}

/** Starts those that can be had, one after the other. */
export async function startSubjects(names: readonly SubjectName[], surroundings: Surroundings): Promise<Subject[]> {
  const started: Subject[] = [];
  try {
    for (const name of names) {
      const subject = await startSubject(name, surroundings);
      if (subject) started.push(subject);
    }
    return started;
  } catch (error) {
    await stopSubjects(started);
    throw error;
  }
}

export async function stopSubjects(subjects: readonly Subject[]): Promise<void> {
  await Promise.all(subjects.map((subject) => subject.stop()));
}
