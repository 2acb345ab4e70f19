import { startBare } from './bare.js';
import { startByok } from './byok.js';
import { startDirect } from './direct.js';
import { startNginx } from './nginx.js';
import { startPortkey } from './portkey.js';
import type { StartSubject, Subject, SubjectName, Surroundings } from './subject.js';

export const starters: Record<SubjectName, StartSubject> = { direct: startDirect, nginx: startNginx, bare: startBare, byok: startByok, portkey: startPortkey };

/** Starts those that can be had, one after the other. */
export async function startSubjects(names: readonly SubjectName[], surroundings: Surroundings): Promise<Subject[]> {
  const started: Subject[] = [];
  try {
    for (const name of names) {
      const subject = await starters[name](surroundings);
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
