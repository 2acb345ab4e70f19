import { AppError, type ErrorCode } from '@byok/kernel';
import type { Counters } from './counters.js';
import type { Subject } from './subjects.js';

/** What a call may still do, by the tightest of its limits. */
export interface LimitState {
  limit: number;
  remaining: number;
  resetMs: number;
}

/** A call, or an attempt, that is within its limits. */
export interface Admission {
  readonly requests: LimitState | null;
  readonly tokens: LimitState | null;
  /** It is over, and took so many tokens in truth. A second call changes nothing. */
  over(tokens: number): void;
}

export interface Asked {
  /** Unique among everything that runs. */
  id: string;
  /** What it will take at least; the truth follows when it is over. */
  tokens: number;
  /** The error of a limit that is reached: where another key may do, the plan goes on. */
  code: Extract<ErrorCode, 'limit_exceeded' | 'rate_limited'>;
}

/**
 * Takes a place within every limit of these subjects, or within none.
 * @throws AppError `code`, with what was reached and when it may be tried again
 */
export async function admit(subjects: readonly Subject[], asked: Asked, counters: Counters): Promise<Admission> {
  const undo: (() => void)[] = [];
  const states = { requests: null as LimitState | null, tokens: null as LimitState | null };
  try {
    for (const subject of subjects) await admitTo(subject, asked, counters, undo, states);
  } catch (error) {
    for (const step of undo) step();
    throw error;
  }
  let isOver = false;
  return {
    ...states,
    over: (tokens) => {
      if (isOver) return;
      isOver = true;
      for (const subject of subjects) leave(subject, asked, tokens, counters);
    },
  };
}

async function admitTo(subject: Subject, asked: Asked, counters: Counters, undo: (() => void)[], states: { requests: LimitState | null; tokens: LimitState | null }): Promise<void> {
  const { concurrent, requestsPerMinute, tokensPerMinute } = subject.limits;
  if (concurrent !== undefined) {
    if (!(await counters.enter(subject.name, asked.id, concurrent))) throw reached(subject, 'concurrent', concurrent, 1_000, asked.code);
    undo.push(() => counters.leave(subject.name, asked.id));
  }
  const count = async (what: 'requests' | 'tokens', limit: number, points: number): Promise<void> => {
    const given = Math.max(1, Math.floor(limit * counters.share));
    const { used, resetMs } = await counters.add(`${subject.name}:${what}`, points);
    undo.push(() => void counters.add(`${subject.name}:${what}`, -points).catch(() => undefined));
    // A minute's tokens may be exceeded by the call that reaches the end of them, never by one after it.
    if (what === 'requests' ? used > given : used - points >= given) throw reached(subject, what, limit, resetMs, asked.code);
    const state = { limit, remaining: Math.max(0, given - used), resetMs };
    if (states[what] === null || state.remaining < states[what].remaining) states[what] = state;
  };
  if (requestsPerMinute !== undefined) await count('requests', requestsPerMinute, 1);
  if (tokensPerMinute !== undefined) await count('tokens', tokensPerMinute, asked.tokens);
}

function leave({ name, limits }: Subject, asked: Asked, tokens: number, counters: Counters): void {
  if (limits.concurrent !== undefined) counters.leave(name, asked.id);
  if (limits.tokensPerMinute !== undefined && tokens !== asked.tokens) void counters.add(`${name}:tokens`, tokens - asked.tokens).catch(() => undefined);
}

const UNITS = { concurrent: 'calls at the same time', requests: 'requests per minute', tokens: 'tokens per minute' } as const;

function reached(subject: Subject, what: keyof typeof UNITS, limit: number, resetMs: number, code: Asked['code']): AppError {
  return new AppError(code, `The limit of this ${subject.kind} is reached: ${limit} ${UNITS[what]}. ${what === 'concurrent' ? 'Wait until one of them is over.' : `Try again in ${Math.ceil(resetMs / 1_000)} s.`}`, {
    details: { limitOf: subject.kind, limit, unit: what, retryAfterMs: resetMs },
  });
}
