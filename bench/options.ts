import { parseArgs } from 'node:util';
import { SUBJECT_NAMES, type SubjectName } from './subjects/subject.js';

export interface Plan {
  isQuick: boolean;
  subjects: SubjectName[];
  rounds: number;
  /** Of load before anything is measured, per proxy. */
  warmSeconds: number;
  /** Of load before each turn of a proxy. */
  turnWarmSeconds: number;
  seconds: number;
  shortSeconds: number;
  prompts: number;
  idleStreams: number;
  /** Each from a fresh start of the proxy; 0 measures once, on the running one. */
  idleRounds: number;
  settleMs: number;
  /** Most time to wait for the helpers' queue to be empty before others are measured. */
  helperSettleMs: number;
  /** Of the proxies, the upstream and the load generator. */
  niceness: number;
  /** Proxies to take a CPU profile of, instead of measuring. */
  profile: SubjectName[];
}

const FULL = { isQuick: false, rounds: 3, warmSeconds: 6, turnWarmSeconds: 1, seconds: 5, shortSeconds: 3, prompts: 60, idleStreams: 1_000, idleRounds: 3, settleMs: 2_500, helperSettleMs: 20_000 };
const QUICK = { isQuick: true, rounds: 1, warmSeconds: 1, turnWarmSeconds: 0, seconds: 1, shortSeconds: 1, prompts: 8, idleStreams: 1_000, idleRounds: 0, settleMs: 400, helperSettleMs: 1_000 };

/** Idle priority holds within a session. Where sessions are scheduled as groups, only this keeps helpers from the load generator's core. Lower ones are root's to give. */
const DEFAULT_NICENESS = process.getuid?.() === 0 ? -19 : 0;

/** `--quick` for a smoke of less than 90 s, `--only bare,byok`, `--rounds 5`, `--warm 8`, `--nice=-10`, `--profile byok,bare`. */
export function readPlan(argumentList: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...argumentList],
    options: { quick: { type: 'boolean' }, only: { type: 'string' }, rounds: { type: 'string' }, profile: { type: 'string' }, warm: { type: 'string' }, nice: { type: 'string' } },
  });
  const profile = namesIn(values.profile);
  const only = profile.length > 0 ? profile : namesIn(values.only);
  const plan = { ...(values.quick ? QUICK : FULL), profile, subjects: only.length > 0 ? SUBJECT_NAMES.filter((name) => only.includes(name)) : [...SUBJECT_NAMES] };
  return { ...plan, rounds: Number(values.rounds ?? plan.rounds), warmSeconds: Number(values.warm ?? plan.warmSeconds), niceness: Number(values.nice ?? DEFAULT_NICENESS) };
}

function namesIn(list: string | undefined): SubjectName[] {
  const names = list?.split(',') ?? [];
  const unknown = names.filter((name) => !SUBJECT_NAMES.some((known) => known === name));
  if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}. There are ${SUBJECT_NAMES.join(', ')}.`);
  return names as SubjectName[];
}
