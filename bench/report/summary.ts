import type { IdleStreams } from '../measure/idle-streams.js';
import type { Turn } from '../measure/turn.js';
import { median } from '../median.js';
import type { Plan } from '../options.js';
import type { RoundResults } from '../run-rounds.js';
import { SUBJECT_NAMES, type SubjectName } from '../subjects/subject.js';

export interface Report extends RoundResults {
  plan: Plan;
  startedAt: Date;
  tookSeconds: number;
}

/** Medians over the rounds. NaN stands for what was not measured. */
export interface Summary {
  name: SubjectName;
  perSecond32: number;
  perSecond256: number;
  cpuUs32: number;
  cpuUs256: number;
  p50Us32: number;
  p99Us32: number;
  p50Us256: number;
  p99Us256: number;
  p50Us: number;
  p99Us: number;
  addedP50Us: number;
  addedP99Us: number;
  perSecond16Kb: number;
  cpuUs16Kb: number;
  perSecond1Mb: number;
  cpuUs1Mb: number;
  firstByteP50Us: number;
  addedFirstByteUs: number;
  pacedFirstByteP50Us: number;
  addedPacedFirstByteUs: number;
  cpuUsPerChunk: number;
  idleKb: number;
  blockP50Ms: number;
  blockP90Ms: number;
  failures: number;
}

/** One line per proxy. What is "added" is compared with the direct calls of the same round. */
export function summarise(report: Report): Summary[] {
  const direct = report.turns.direct ?? [];
  return SUBJECT_NAMES.filter((name) => report.turns[name]).map((name) => {
    const turns = report.turns[name]!;
    const of = (read: (turn: Turn) => number): number => median(turns.map(read));
    const added = (read: (turn: Turn) => number): number => median(turns.map((turn, round) => read(turn) - (direct[round] ? read(direct[round]) : NaN)));
    return {
      name,
      perSecond32: of(({ c32 }) => c32.perSecond),
      perSecond256: of(({ c256 }) => c256.perSecond),
      cpuUs32: of(({ c32 }) => c32.cpuUsPerRequest),
      cpuUs256: of(({ c256 }) => c256.cpuUsPerRequest),
      p50Us32: of(({ c32 }) => c32.p50Us),
      p99Us32: of(({ c32 }) => c32.p99Us),
      p50Us256: of(({ c256 }) => c256.p50Us),
      p99Us256: of(({ c256 }) => c256.p99Us),
      p50Us: of(({ c1 }) => c1.p50Us),
      p99Us: of(({ c1 }) => c1.p99Us),
      addedP50Us: added(({ c1 }) => c1.p50Us),
      addedP99Us: added(({ c1 }) => c1.p99Us),
      perSecond16Kb: of(({ body16Kb }) => body16Kb.perSecond),
      cpuUs16Kb: of(({ body16Kb }) => body16Kb.cpuUsPerRequest),
      perSecond1Mb: of(({ body1Mb }) => body1Mb.perSecond),
      cpuUs1Mb: of(({ body1Mb }) => body1Mb.cpuUsPerRequest),
      firstByteP50Us: of(({ firstByte }) => firstByte.p50Us),
      addedFirstByteUs: added(({ firstByte }) => firstByte.p50Us),
      pacedFirstByteP50Us: of(({ paced }) => paced.p50Us),
      addedPacedFirstByteUs: added(({ paced }) => paced.p50Us),
      cpuUsPerChunk: of(({ paced }) => paced.cpuUsPerChunk),
      idleKb: median((report.idle[name] ?? []).map(({ kbPerStream }: IdleStreams) => kbPerStream)),
      blockP50Ms: report.loopBlock[name]?.p50Ms ?? NaN,
      blockP90Ms: report.loopBlock[name]?.p90Ms ?? NaN,
      failures: turns.reduce((sum, { c32, c256, c1, body16Kb, body1Mb }) => sum + c32.failures + c256.failures + c1.failures + body16Kb.failures + body1Mb.failures, 0),
    };
  });
}
