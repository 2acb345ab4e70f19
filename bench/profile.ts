import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { smallBody } from './load/requests.js';
import { command } from './loop-control.js';
import { measureThroughput } from './measure/throughput.js';
import { warm } from './measure/turn.js';
import type { Plan } from './options.js';
import { startSubjects, stopSubjects } from './subjects/start.js';
import type { Surroundings } from './subjects/subject.js';

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
}

const SECONDS = 8;
const SHOWN = 45;

/** Where the time goes in warm proxies at 32 connections: a .cpuprofile file each, and the functions that cost most by themselves. */
export async function profileSubjects(plan: Plan, surroundings: Surroundings): Promise<void> {
  const subjects = await startSubjects(plan.subjects, surroundings);
  const out = join(import.meta.dirname, 'out');
  await mkdir(out, { recursive: true });
  try {
    for (const subject of subjects) {
      const pid = subject.pids[0];
      if (subject.hookFolder === undefined || pid === undefined) continue;
      await warm(subject, plan, surroundings.folder);
      await command(subject.hookFolder, pid, 'profile-start');
      const { perSecond } = await measureThroughput(subject, { body: smallBody(), connections: 32, seconds: SECONDS, folder: surroundings.folder });
      const { profile } = await command<{ profile: CpuProfile }>(subject.hookFolder, pid, 'profile-stop');
      const file = join(out, `${subject.name}.cpuprofile`);
      await writeFile(file, JSON.stringify(profile));
      console.log(`\n${subject.name}: ${Math.round(perSecond)}/s while profiled, ${file}\n${costliest(profile)}`);
    }
  } finally {
    await stopSubjects(subjects);
  }
}

function costliest({ nodes, samples }: CpuProfile): string {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, `${callFrame.functionName || '(anonymous)'}  ${callFrame.url.split('/').slice(-3).join('/')}:${callFrame.lineNumber + 1}`]));
  const counts = new Map<string, number>();
  for (const id of samples) counts.set(names.get(id)!, (counts.get(names.get(id)!) ?? 0) + 1);
  const busy = samples.length - [...counts].filter(([name]) => name.startsWith('(idle)')).reduce((sum, [, count]) => sum + count, 0);
  const lines = [...counts].filter(([name]) => !name.startsWith('(idle)')).sort((left, right) => right[1] - left[1]);
  return lines
    .slice(0, SHOWN)
    .map(([name, count]) => `${((100 * count) / busy).toFixed(1).padStart(6)} %  ${name}`)
    .join('\n');
}
