import type { IncomingHttpHeaders } from 'node:http';
import { AppError, type Clock } from '@byok/kernel';
import type { CallWatcher } from '../http/call.js';
import { clientGone, type Call } from '../http/call.js';
import { Allowance } from './allowance.js';
import { FairQueue, type Waiting } from './fair-queue.js';
import type { ToldLimits } from './told-limits.js';

/** How much of a key one call takes, and whose share that is. */
export interface Wanted extends Waiting {
  tokens: number;
}

/** Calls at once on a key of which nothing is known yet; its first answer tells more, or soon the waiting ends. */
const FIRST_AT_ONCE = 16;
const FIRST_ANSWER_MS = 2_000;
const LOOK_EVERY_MS = 20;
const MOST_WAITING = 1_000;
const LONGEST_WAIT_MS = 30_000;
const LIMITED_MS = 1_000;

/** One key that several people share: while its provider leaves room, calls pass; when it does not, they wait in fair turns. */
export class KeyShare {
  readonly #clock: Clock;
  readonly #requests: Allowance | undefined;
  readonly #tokens: Allowance | undefined;
  readonly #queue = new FairQueue<Waiter>();
  readonly #since: number;
  #isTold = false;
  #isUntold = false;
  /** Seen to refuse what should have been refilled. */
  #isStepwise = false;
  #blockedUntil = 0;
  #inFlight = 0;
  #tokensInFlight = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(told: ToldLimits, clock: Clock) {
    this.#clock = clock;
    this.#requests = told.requests && new Allowance(told.requests);
    this.#tokens = told.tokens && new Allowance(told.tokens);
    this.#since = clock.now();
  }

  get waiting(): number {
    return this.#queue.size;
  }

  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#queue.size === 0;
  }

  /** Undefined when the call may go at once. @throws AppError rate_limited when too many wait, or it waited too long; client_gone */
  enter(wanted: Wanted, call: Call): Promise<void> | undefined {
    if (this.#queue.size === 0 && this.#hasRoom(wanted)) {
      this.#go(wanted);
      return undefined;
    }
    return this.#wait(wanted, call);
  }

  /** The provider has answered, and told what is left. */
  answered({ tokens }: Wanted, headers: IncomingHttpHeaders): void {
    const now = this.#clock.now();
    const isTold = [this.#requests?.see(headers, now), this.#tokens?.see(headers, now)].includes(true);
    this.#isTold ||= isTold;
    this.#isUntold = !isTold;
    this.#left(tokens);
  }

  failed({ tokens }: Wanted, error: AppError): void {
    if (error.rule.failure === 'rate' && error.details?.['upstreamStatus'] !== undefined) {
      const toldMs = error.details['retryAfterMs'];
      this.#isStepwise ||= this.#isTold;
      this.#blockedUntil = this.#clock.now() + Math.min(typeof toldMs === 'number' ? toldMs : LIMITED_MS, LONGEST_WAIT_MS);
    }
    this.#left(tokens);
  }

  /** Whoever waits is let go, with this. */
  close(reason: AppError): void {
    for (let waiter = this.#queue.take(); waiter; waiter = this.#queue.take()) waiter.refuse(reason);
    clearTimeout(this.#timer);
  }

  #go({ tokens }: Wanted): void {
    this.#inFlight += 1;
    this.#tokensInFlight += tokens;
  }

  #left(tokens: number): void {
    this.#inFlight -= 1;
    this.#tokensInFlight -= tokens;
    if (this.#queue.size > 0) this.#letGo();
  }

  /** What is on its way may be counted by the provider already, or not: it is taken off, so that room is never promised twice. */
  #hasRoom({ tokens }: Wanted): boolean {
    const now = this.#clock.now();
    if (now < this.#blockedUntil) return false;
    if (!this.#isTold) return this.#isUntold || this.#inFlight < FIRST_AT_ONCE || now - this.#since > FIRST_ANSWER_MS;
    if (this.#requests && this.#requests.left(now, this.#isStepwise) - this.#inFlight < 1) return false;
    if (!this.#tokens) return true;
    const left = this.#tokens.left(now, this.#isStepwise);
    // What is larger than the limit itself goes when all of it is there: the provider may be kinder than its headers.
    return left - this.#tokensInFlight >= tokens || left >= this.#tokens.limit;
  }

  #wait(wanted: Wanted, call: Call): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = new Waiter(wanted, this.#clock.now(), resolve, reject, (gone) => this.#queue.remove(gone));
      this.#queue.push(waiter);
      call.watchedBy(waiter);
      if (this.#queue.size > MOST_WAITING) this.#queue.lastOfLongest()?.leave(full());
      this.#letGo();
    });
  }

  #letGo(): void {
    for (let next = this.#queue.peek(); next && this.#hasRoom(next.wanted); next = this.#queue.peek()) {
      this.#queue.take();
      this.#go(next.wanted);
      next.go();
    }
    if (this.#queue.size > 0) this.#timer ??= setTimeout(() => this.#look(), LOOK_EVERY_MS);
  }

  #look(): void {
    this.#timer = undefined;
    this.#letGo();
  }
}

/** A call that waits for its turn, and everything that may end its waiting. */
class Waiter implements Waiting, CallWatcher {
  readonly member: string;
  readonly weight: number;
  readonly cost: number;

  constructor(
    readonly wanted: Wanted,
    readonly since: number,
    readonly go: () => void,
    readonly refuse: (reason: AppError) => void,
    readonly gone: (waiter: Waiter) => void,
  ) {
    this.member = wanted.member;
    this.weight = wanted.weight;
    this.cost = wanted.cost;
  }

  leave(reason: AppError): void {
    this.gone(this);
    this.refuse(reason);
  }

  clientGone(): void {
    this.leave(clientGone());
  }

  tick(now: number): void {
    if (now - this.since > LONGEST_WAIT_MS) this.leave(tooLong());
  }

  cutShort(reason: AppError): void {
    this.leave(reason);
  }
}

function full(): AppError {
  return new AppError('rate_limited', 'The key for this call is at its limit, and too many calls of yours wait for it already.', { details: { retryAfterMs: LIMITED_MS } });
}

function tooLong(): AppError {
  return new AppError('rate_limited', "The key for this call is at its provider's limit, and its turn did not come in time.", { details: { retryAfterMs: LIMITED_MS } });
}
