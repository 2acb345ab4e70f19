import { AppError } from '@byok/kernel';
import type { Translation } from '@byok/providers';
import { clientGone, type Call, type CallWatcher } from '../http/call.js';
import { Exchange, type UpstreamAnswer, type WholeAnswer } from '../upstream/http-client.js';
import type { OpenedKey } from '../upstream/opened-key.js';
import { refusalOf } from './refusal-of.js';
import type { SendDeps } from './send.js';

/** What a provider's answer was in the end, and the exchange that brought it. */
export interface Followed {
  answer: UpstreamAnswer;
  exchange: Exchange;
  abandon: (() => void) | null;
}

/**
 * From a provider's first answer to its last: asks where each answer says until there is nothing more to ask. All of it together may
 * take as long as one call may. Whatever ends it early, the provider is told to stop working.
 */
export async function followThrough(first: Omit<Followed, 'abandon'>, translation: Translation | null, key: OpenedKey, call: Call, deps: SendDeps): Promise<Followed> {
  if (!translation?.followUp || first.answer.kind === 'stream') return { ...first, abandon: null };
  let { answer, exchange }: { answer: WholeAnswer; exchange: Exchange } = { answer: first.answer, exchange: first.exchange };
  const watch = new WalkWatch(first.exchange.startedAt, deps.limits.totalMs);
  const abandon = (): void => callOff(translation, answer, key, deps);
  try {
    for (;;) {
      const next = translation.followUp(answer.body);
      // However many steps it took, to the caller it is one answer.
      if (!next) return { answer: { ...answer, status: 200 }, exchange, abandon: null };
      call.assertWanted();
      call.watchedBy(watch);
      if (next.afterMs > 0) await watch.pause(next.afterMs);
      const target = key.targetAt(next.url, next.carriesKey, deps);
      exchange = watch.during(new Exchange(target, deps.limits, deps.clock));
      exchange.start('GET', null, [...target.headers, 'accept', next.isStream ? 'text/event-stream' : 'application/json']);
      const given = await exchange.answer;
      if (given.kind === 'stream' && next.isStream) return { answer: { ...given, status: 200 }, exchange, abandon };
      if (given.kind === 'stream' || (next.isStream && given.status < 300)) throw notAsAnnounced(exchange);
      if (given.status >= 300) throw refusalOf(given, key);
      answer = given;
    }
  } catch (error) {
    abandon();
    throw error;
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
