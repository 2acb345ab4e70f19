import { helpersSettled } from './measure/helpers.js';
import { measureIdleStreams } from './measure/idle-streams.js';
import { measureLoopBlock, type LoopBlock } from './measure/large-prompt.js';
import { LARGE_BODY, measureTurn, warm, type Turn } from './measure/turn.js';
import type { Plan } from './options.js';
import { calmHelpers, cpuUs } from './processes.js';
import type { IdleResults } from './run-idle.js';
import { startSubjects, stopSubjects } from './subjects/start.js';
import type { Subject, SubjectName, Surroundings } from './subjects/subject.js';

const FINAL_SETTLE_MS = 120_000;

export interface HelperCost {
  /** All processes but the gateway, from the first request until they had nothing left to do. */
  cpuUsPerRequest: number;
  hasCaughtUp: boolean;
}

export interface RoundResults {
  about: Partial<Record<SubjectName, string>>;
  turns: Partial<Record<SubjectName, Turn[]>>;
  loopBlock: Partial<Record<SubjectName, LoopBlock>>;
  idle: IdleResults;
  helpers?: HelperCost;
}

/** All proxies up at once and taken in turns, in another order every round: what the machine does meanwhile hits all alike. */
export async function runRounds(plan: Plan, surroundings: Surroundings): Promise<RoundResults> {
  const subjects = await startSubjects(plan.subjects, surroundings);
  const results: RoundResults = { about: Object.fromEntries(subjects.map(({ name, about }) => [name, about])), turns: {}, loopBlock: {}, idle: {} };
  try {
    const cost = helperCost(subjects.find(({ name }) => name === 'byok'));
    for (const subject of subjects) await warm(subject, plan, surroundings.folder);
    for (let round = 0; round < plan.rounds; round++) {
      for (const subject of rotated(subjects, round)) {
        for (const { helpers } of subjects) calmHelpers(helpers());
        const turn = await measureTurn(subject, plan, surroundings.folder);
        (results.turns[subject.name] ??= []).push(turn);
        console.log(progressLine(`round ${round + 1}/${plan.rounds}`, subject, turn));
        await helpersSettled(subject, plan.helperSettleMs);
      }
    }
    for (const subject of subjects) await measureOnce(plan, subject, results);
    const helpers = await cost(results.turns.byok ?? [], plan);
    return helpers ? { ...results, helpers } : results;
  } finally {
    await stopSubjects(subjects);
  }
}

async function measureOnce(plan: Plan, subject: Subject, results: RoundResults): Promise<void> {
  const block = await measureLoopBlock(subject, LARGE_BODY, plan.prompts);
  if (block) results.loopBlock[subject.name] = block;
  if (plan.idleRounds === 0 && subject.pids.length > 0) results.idle[subject.name] = [await measureIdleStreams(subject, plan.idleStreams, plan.settleMs)];
}

/** Counts from now on; what the warm-up sent is work of the helpers too, so only the order of magnitude is claimed. */
function helperCost(subject: Subject | undefined): (turns: Turn[], plan: Plan) => Promise<HelperCost | undefined> {
  const before = subject ? cpuUs(subject.helpers()) : 0;
  return async (turns, plan) => {
    if (!subject) return undefined;
    const hasCaughtUp = await helpersSettled(subject, plan.isQuick ? plan.helperSettleMs : FINAL_SETTLE_MS);
    const requests = turns.reduce((sum, turn) => sum + [turn.c32, turn.c256, turn.c1, turn.body16Kb, turn.body1Mb].reduce((all, each) => all + each.requests, 0), 0);
    return { cpuUsPerRequest: (cpuUs(subject.helpers()) - before) / requests, hasCaughtUp };
  };
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function progressLine(label: string, { name }: Subject, turn: Turn): string {
  const failures = turn.c32.failures + turn.c256.failures + turn.c1.failures + turn.body16Kb.failures + turn.body1Mb.failures;
  const cpu = Number.isNaN(turn.c32.cpuUsPerRequest) ? '' : `${turn.c32.cpuUsPerRequest.toFixed(1)} µs CPU`;
  return `${label}  ${name.padEnd(8)} ${Math.round(turn.c32.perSecond)}/s at 32, ${Math.round(turn.c256.perSecond)}/s at 256, ${turn.c1.p50Us} µs at 1 ${cpu}${failures > 0 ? `, ${failures} FAILED` : ''}`;
}
