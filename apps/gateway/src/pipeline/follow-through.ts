import type { Meters } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { FollowUp, Translation } from '@byok/providers';
import { clientGone, type Call, type CallWatcher } from '../http/call.js';
import { Exchange, type UpstreamAnswer, type WholeAnswer } from '../upstream/http-client.js';
import type { OpenedKey } from '../upstream/opened-key.js';
import { refusalOf } from './refusal-of.js';
import type { SendDeps } from './send.js';

/** What a provider's answer was in the end, and the exchange that brought it. */
export interface Followed extends Step {
  abandon: (() => void) | null;
  metersAfterStream: (() => Promise<Meters | null>) | null;
}

interface Step {
  answer: UpstreamAnswer;
  exchange: Exchange;
}

/** How long a stream that is over waits for its count. */
const COUNT_WITHIN_MS = 10_000;

/**
 * From a provider's first answer to its last: asks where each answer says until there is nothing more to ask. All of it together may
 * take as long as one call may. Whatever ends it early, the provider is told to stop working.
 */
export function followThrough(first: Step, translation: Translation | null, key: OpenedKey, call: Call, deps: SendDeps): Followed | Promise<Followed> {
  const { answer, exchange } = first;
  if (!hasFollowUp(translation) || answer.kind === 'stream') return { answer, exchange, abandon: null, metersAfterStream: null };
  return walk(answer, exchange, translation, key, call, deps);
}

type WithFollowUp = Translation & Required<Pick<Translation, 'followUp'>>;

function hasFollowUp(translation: Translation | null): translation is WithFollowUp {
  return translation?.followUp !== undefined;
}

async function walk(begun: WholeAnswer, first: Exchange, translation: WithFollowUp, key: OpenedKey, call: Call, deps: SendDeps): Promise<Followed> {
  let [answer, exchange] = [begun, first];
  const watch = new WalkWatch(first.startedAt, deps.limits.totalMs);
  const abandon = (): void => callOff(translation, answer, key, deps);
  try {
    for (;;) {
      const next = translation.followUp(answer.body);
      // However many steps it took, to the caller it is one answer.
      if (!next) return { answer: { ...answer, status: 200 }, exchange, abandon: null, metersAfterStream: null };
      call.assertWanted();
      call.watchedBy(watch);
      const step = await ask(next, watch, key, deps);
      exchange = step.exchange;
      if (step.answer.kind === 'stream') return { answer: { ...step.answer, status: 200 }, exchange, abandon, metersAfterStream: () => countOf(answer, translation, key, call, deps) };
      answer = step.answer;
    }
  } catch (error) {
    abandon();
    throw error;
  }
}

/** @throws AppError for a refusal, and for a stream where none was announced or none where one was */
async function ask(next: FollowUp, watch: WalkWatch, key: OpenedKey, deps: SendDeps): Promise<Step> {
  if (next.afterMs > 0) await watch.pause(next.afterMs);
  const target = key.targetAt(next.url, next.carriesKey, deps);
  const exchange = watch.during(new Exchange(target, deps.limits, deps.clock));
  exchange.start(next.method, null, [...target.headers, 'accept', next.isStream ? 'text/event-stream' : 'application/json']);
  const answer = await exchange.answer;
  if (answer.kind === 'whole' && answer.status >= 300) throw refusalOf(answer, key, deps.clock.now());
  if (next.isStream !== (answer.kind === 'stream')) throw notAsAnnounced(exchange);
  return { answer, exchange };
}

/** What a stream took, from the provider's last word about it; null when that does not come. The stream was whole, so this fails nothing. */
async function countOf(begun: WholeAnswer, translation: Translation, key: OpenedKey, call: Call, deps: SendDeps): Promise<Meters | null> {
  const watch = new WalkWatch(deps.clock.now(), COUNT_WITHIN_MS);
  call.watchedBy(watch);
  let answer: UpstreamAnswer = begun;
  try {
    for (;;) {
      const next: FollowUp | null | undefined = answer.kind === 'whole' ? translation.followUpForUsage?.(answer.body) : null;
      if (!next) return answer.kind === 'whole' ? (translation.metersOf?.(answer.body) ?? null) : null;
      answer = (await ask(next, watch, key, deps)).answer;
    }
  } catch {
    return null;
  } finally {
    call.watchedBy(undefined);
  }
}

function notAsAnnounced(exchange: Exchange): AppError {
  const error = new AppError('upstream_error', 'The provider did not give its result in the way it had announced.');
  exchange.abort(error);
  return error;
}

/** Nobody waits for what comes of it: the call has its outcome, and when the provider cannot be told, it cannot be helped. */
function callOff(translation: Translation, answer: WholeAnswer, key: OpenedKey, deps: SendDeps): void {
  const abandonment = translation.abandon?.(answer.body);
  if (!abandonment) return;
  try {
    const target = key.targetAt(abandonment.url, true, deps);
    const exchange = new Exchange(target, deps.limits, deps.clock);
    exchange.answer.catch(() => undefined);
    exchange.start(abandonment.method, null, [...target.headers]);
  } catch {
    // Its pool is full. The work then ends by itself.
  }
}

/** Watches a walk of several requests and the pauses between them. */
class WalkWatch implements CallWatcher {
  readonly #startedAt: number;
  readonly #totalMs: number;
  #stop: (reason: AppError) => void = () => undefined;

  constructor(startedAt: number, totalMs: number) {
    this.#startedAt = startedAt;
    this.#totalMs = totalMs;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      this.#stop = (reason) => {
        clearTimeout(timer);
        reject(reason);
      };
    });
  }

  during(exchange: Exchange): Exchange {
    this.#stop = (reason) => exchange.abort(reason);
    return exchange;
  }

  clientGone(): void {
    this.#stop(clientGone());
  }

  tick(now: number): void {
    if (now - this.#startedAt > this.#totalMs) this.#stop(new AppError('upstream_timeout', 'The provider took longer than a call may take.'));
  }

  cutShort(reason: AppError): void {
    this.#stop(reason);
  }
}
