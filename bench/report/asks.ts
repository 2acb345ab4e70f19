import type { SubjectName } from '../subjects/subject.js';
import type { Summary } from './summary.js';

export interface Verdict {
  ask: string;
  wanted: string;
  got: number;
  unit: '×' | 'KB' | 'ms';
  /** Undefined where a side of the comparison was not measured. */
  holds: boolean | undefined;
}

/** What the gateway is meant to reach, against what it reached in this run. */
export function judge(summaries: readonly Summary[]): Verdict[] {
  const of = (name: SubjectName, read: (summary: Summary) => number): number => {
    const summary = summaries.find((each) => each.name === name);
    return summary ? read(summary) : NaN;
  };
  const ratio = (read: (summary: Summary) => number, to: SubjectName): number => of('byok', read) / of(to, read);
  const atLeast = (ask: string, limit: number, got: number): Verdict => ({ ask, wanted: `≥ ${limit}`, got, unit: '×', holds: Number.isNaN(got) ? undefined : got >= limit });
  const atMost = (ask: string, limit: number, got: number, unit: Verdict['unit'] = '×'): Verdict => ({ ask, wanted: `≤ ${limit}`, got, unit, holds: Number.isNaN(got) ? undefined : got <= limit });
  return [
    atLeast('requests/s, 32 connections, to bare', 0.9, ratio(({ perSecond32 }) => perSecond32, 'bare')),
    atLeast('requests/s, 256 connections, to bare', 0.9, ratio(({ perSecond256 }) => perSecond256, 'bare')),
    atLeast('requests/s, 32 connections, to Portkey', 12, ratio(({ perSecond32 }) => perSecond32, 'portkey')),
    atLeast('requests/s, 256 connections, to Portkey', 12, ratio(({ perSecond256 }) => perSecond256, 'portkey')),
    atMost('added p50, 1 connection, to nginx', 1.5, ratio(({ addedP50Us }) => addedP50Us, 'nginx')),
    atMost('added time to first byte, 1 stream, to bare', 1.2, ratio(({ addedFirstByteUs }) => addedFirstByteUs, 'bare')),
    atMost('added time to first byte, 100 streams, to bare', 1.2, ratio(({ addedPacedFirstByteUs }) => addedPacedFirstByteUs, 'bare')),
    atMost('memory per idle stream', 40, of('byok', ({ idleKb }) => idleKb), 'KB'),
    atMost('event loop blocked by a 1 MB prompt', 0.5, of('byok', ({ blockP50Ms }) => blockP50Ms), 'ms'),
  ];
}
