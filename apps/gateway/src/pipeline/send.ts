import type { Meters } from '@byok/contracts';
import { AppError, toAppError, type Clock } from '@byok/kernel';
import { createUsageTap, type TranslatedStream, type TranslatedWhole } from '@byok/providers';
import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';
import type { Call } from '../http/call.js';
import { Exchange, type ExchangeLimits, type UpstreamAnswer, type WholeAnswer } from '../upstream/http-client.js';
import type { OpenedKey } from '../upstream/opened-key.js';
import { requestHeaders } from '../upstream/request-headers.js';
import { followThrough } from './follow-through.js';
import { MadeHandles } from '../state/made-handles.js';
import type { UpstreamState } from '../state/upstream-state.js';
import type { Hold } from '../holds/holds.js';
import type { AttemptMeter } from './meter.js';
import { prepareAttempt, type PrepareDeps } from './prepare-attempt.js';
import type { Wish } from './read-wish.js';
import { refusalOf } from './refusal-of.js';
import { AttemptWatch, type WatchLimits } from './watch-attempt.js';

export interface SendDeps extends PrepareDeps {
  state: UpstreamState;
  limits: ExchangeLimits & WatchLimits;
  clock: Clock;
}

/** An attempt that the provider has begun to answer, or has answered. */
export interface Answered {
  attempt: Attempt;
  number: number;
  key: OpenedKey;
  answer: UpstreamAnswer;
  exchange: Exchange;
  meter: AttemptMeter;
  /** null where nobody's money is at stake but the key owner's. */
  hold: Hold | null;
  /** The answer on its way into the caller's dialect; null where the provider speaks that. */
  translated: TranslatedWhole | TranslatedStream | null;
  /** Watches for what the provider keeps of this answer; null where it keeps nothing. */
  made: MadeHandles | null;
  /** What the provider could not be told. */
  dropped: readonly string[];
  /** Calls off what the provider goes on working at when nobody listens any more; null where closing the connection does that. */
  abandon: (() => void) | null;
  /** What a stream took, asked for when it is over; null where the stream tells it. */
  metersAfterStream: (() => Promise<Meters | null>) | null;
}

/** One attempt, up to its first byte: prepare it, call the provider, judge what comes back. */
export async function send(attempt: Attempt, number: number, wish: Wish, principal: Principal, call: Call, deps: SendDeps): Promise<Answered> {
  call.record.attempt = attempt;
  call.record.attempts = number;
  const { key, target, body, translation, headers, hold, meter } = await prepareAttempt(attempt, number, wish, principal, call, deps);
  const first = new Exchange(target, deps.limits, deps.clock);
  let exchange = first;
  // Work that goes on without us can only be called off by what the answer says, so that is waited for.
  call.watchedBy(new AttemptWatch(first, translation?.abandon ? 'drain' : attempt.provider.onAbort, deps.limits));
  let status: number | null = null;
  try {
    call.assertWanted();
    first.start('POST', body, requestHeaders(target.headers, headers, call.request.headers, attempt.endpoint));
    const begun = await first.answer;
    status = begun.status;
    if (begun.status >= 300) throw refusalOf(begun as WholeAnswer, key, deps.clock.now());
    if (begun.kind === 'stream' && !wish.stream) throw unasked(first);
    const { answer, abandon, metersAfterStream, ...last } = await followThrough({ answer: begun, exchange: first }, translation, key, call, deps);
    exchange = last.exchange;
    const translated = translation && (answer.kind === 'stream' ? translation.stream() : translation.whole(answer.body));
    meter.answering(translated ?? createUsageTap(attempt.provider, attempt.endpoint, answer.kind === 'stream'));
    return { attempt, number, key, answer, exchange, meter, hold, translated, made: madeBy(attempt, wish, principal, deps.state), dropped: translation?.dropped ?? [], abandon, metersAfterStream };
  } catch (error) {
    const known = toAppError(error);
    meter.close({ error: known, httpStatus: status, firstByteAt: exchange.firstByteAt, mayHaveConsumed: hasAnswered(status) || (MAY_HAVE_CONSUMED.has(known.code) && first.wasSent) });
    throw known;
  }
}

/** Responses alone are kept by their provider, and only where they pass as they are do callers get its names for them. */
function madeBy(attempt: Attempt, wish: Wish, principal: Principal, state: UpstreamState): MadeHandles | null {
  const isKept = attempt.endpoint === 'responses' && wish.endpoint === 'responses';
  return isKept ? new MadeHandles((handle) => state.remember(principal, handle, attempt.keyId)) : null;
}

/** An answer that we cannot read has been worked for all the same. */
function hasAnswered(status: number | null): boolean {
  return status !== null && status < 300;
}

function unasked(exchange: Exchange): AppError {
  const error = new AppError('upstream_error', 'The provider answered with a stream although none was asked for.');
  exchange.abort(error);
  return error;
}

/** Without a word from the provider, these leave open how much it has done for the request. */
const MAY_HAVE_CONSUMED = new Set(['client_gone', 'draining', 'upstream_timeout', 'upstream_too_large']);
