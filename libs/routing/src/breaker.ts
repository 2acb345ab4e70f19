/**
 * How an endpoint did lately. `closed`: calls pass, and their ends are counted since the first failure. `open`: none pass until then.
 * `half-open`: one call is out to see; the others wait for it until then.
 */
export type Breaker =
  | { state: 'closed'; since: number; failures: number; successes: number; failing: Callers; calling: Callers }
  | { state: 'open'; until: number; openings: number }
  | { state: 'half-open'; until: number; openings: number };

/** Whose calls they were: one org's, or several. Counting more of them would tell nothing more. */
type Callers = string | typeof SEVERAL;

export interface Outcome {
  now: number;
  orgId: string;
  /** 0 to 1, by chance: gateways that opened together do not ask again together. */
  dice: number;
}

const SEVERAL = '*';
const WINDOW_MS = 30_000;
/** Fewer may be the doing of a key or two, and a wrong guess keeps everybody from the endpoint. */
const LEAST_FAILURES = 10;
const TOLERATED_RATE = 0.5;
const OPEN_MS = 5_000;
const LONGEST_OPEN_MS = 60_000;
const TRIAL_MS = 10_000;

/** What a failure of the endpoint makes of its breaker; undefined is one of which nothing is known. */
export function afterFailure(breaker: Breaker | undefined, outcome: Outcome): Breaker {
  if (breaker?.state === 'open') return breaker;
  if (breaker?.state === 'half-open') return opened(breaker.openings + 1, outcome);
  const { now, orgId } = outcome;
  const isFresh = breaker !== undefined && now - breaker.since <= WINDOW_MS;
  const next = isFresh
    ? { ...breaker, failures: breaker.failures + 1, failing: joined(breaker.failing, orgId), calling: joined(breaker.calling, orgId) }
    : { state: 'closed' as const, since: now, failures: 1, successes: 0, failing: orgId, calling: orgId };
  return isTooMuch(next) ? opened(1, outcome) : next;
}

/** What an answer of the endpoint makes of its breaker; undefined when there is nothing left to remember. */
export function afterSuccess(breaker: Breaker, { now, orgId }: Outcome): Breaker | undefined {
  // An answer to a call that began before the endpoint was given up is no proof that it is back.
  if (breaker.state === 'open') return breaker;
  if (breaker.state === 'half-open' || now - breaker.since > WINDOW_MS) return undefined;
  return { ...breaker, successes: breaker.successes + 1, calling: joined(breaker.calling, orgId) };
}

/** Lets one call try an endpoint whose time is over. */
export function onTrial(breaker: Exclude<Breaker, { state: 'closed' }>, now: number): Breaker {
  return { state: 'half-open', until: now + TRIAL_MS, openings: breaker.openings };
}

/** When nobody has to be kept from the endpoint any more, and nothing about it has to be remembered. */
export function isForgotten(breaker: Breaker, now: number): boolean {
  return breaker.state === 'closed' ? now - breaker.since > WINDOW_MS : now > breaker.until + LONGEST_OPEN_MS;
}

/** Where several orgs share an endpoint, the failures of one of them alone may be that one's own doing. */
function isTooMuch({ failures, successes, failing, calling }: Extract<Breaker, { state: 'closed' }>): boolean {
  return failures >= LEAST_FAILURES && failures > TOLERATED_RATE * (failures + successes) && (failing === SEVERAL || calling !== SEVERAL);
}

function opened(openings: number, { now, dice }: Outcome): Breaker {
  const ms = Math.min(OPEN_MS * 2 ** (openings - 1), LONGEST_OPEN_MS);
  return { state: 'open', until: now + Math.round(ms * (1 + 0.2 * dice)), openings };
}

function joined(callers: Callers, orgId: string): Callers {
  return callers === orgId ? callers : SEVERAL;
}
