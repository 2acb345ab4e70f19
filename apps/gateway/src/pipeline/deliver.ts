import type { Meters } from '@byok/contracts';
import type { AppError, Clock } from '@byok/kernel';
import { TranslatedStream, TranslatedWhole } from '@byok/providers';
import { appendFacts, type CallFacts } from '../http/call-facts.js';
import { appendLimits } from '../limits/limit-headers.js';
import { clientGone, type Call } from '../http/call.js';
import { errorEvent } from '../http/error-dialects.js';
import { appendUpstreamHeaders } from '../upstream/answer-headers.js';
import type { StreamAnswer, WholeAnswer } from '../upstream/http-client.js';
import { KeepingGate } from '../repeats/keeping-gate.js';
import { keepAnswer, mayKeep, type Repeat } from '../repeats/keep-answer.js';
import type { KeptAnswers } from '../repeats/kept-answers.js';
import { redact } from '../upstream/redact.js';
import { SseGate } from '../upstream/sse-gate.js';
import { StreamThrough, type StreamGate, type StreamLimits } from '../upstream/stream-through.js';
import { TranslatedGate } from '../upstream/translated-gate.js';
import { mustAskForUsage } from './outgoing.js';
import type { Wish } from './read-wish.js';
import type { Answered } from './send.js';

export interface DeliverDeps {
  answers: KeptAnswers;
  clock: Clock;
  limits: StreamLimits;
  /** True while the gateway is stopping: connections are not kept. */
  isDraining: () => boolean;
}

/** Brings an answer to the client and closes the meter; settles when the last byte is handed over or nobody wants it any more. */
export function deliver(answered: Answered, wish: Wish, repeat: Repeat | null, call: Call, deps: DeliverDeps): void | Promise<void> {
  return answered.answer.kind === 'whole' ? deliverWhole(answered, answered.answer, repeat, call, deps) : deliverStream(answered, answered.answer, wish, repeat, call, deps);
}

function deliverWhole(answered: Answered, answer: WholeAnswer, repeat: Repeat | null, call: Call, deps: DeliverDeps): void {
  const { meter, exchange, translated } = answered;
  meter.see(answer.body);
  answered.made?.see(answer.body);
  const isGone = call.isClientGone;
  call.watchedBy(undefined);
  meter.close({ error: isGone ? clientGone() : null, httpStatus: answer.status, firstByteAt: exchange.firstByteAt, mayHaveConsumed: true });
  call.record.firstByteAt = exchange.firstByteAt;
  if (isGone) throw clientGone();
  const facts = factsOf(answered, call);
  const plain = translated instanceof TranslatedWhole ? translated.body : answer.body;
  const body = call.route.dressAnswer ? call.route.dressAnswer(plain, facts) : plain;
  if (repeat && mayKeep(repeat, answered)) keep(answered, repeat, plain, deps);
  const headers = headersOf(answered, facts, repeat, call, deps);
  headers.push('content-length', String(body.length));
  call.response.writeHead(answer.status, headers);
  call.response.end(body);
}

function deliverStream(answered: Answered, answer: StreamAnswer, wish: Wish, repeat: Repeat | null, call: Call, deps: DeliverDeps): Promise<void> {
  const { attempt, meter, exchange } = answered;
  const keeping = repeat && mayKeep(repeat, answered) ? new KeepingGate(gateOf(answered, wish), repeat.settings.maxBytes) : null;
  return new Promise((resolve) => {
    const stream = new StreamThrough({
      response: call.response,
      exchange,
      onAbort: attempt.provider.onAbort,
      gate: keeping ?? gateOf(answered, wish),
      looksComplete: () => meter.looksComplete,
      errorEvent: (error) => errorEvent(call.route.dialect, error, call.requestId),
      see: (chunk) => {
        meter.see(chunk);
        answered.made?.see(chunk);
      },
      finished: (error: AppError | null) => {
        call.watchedBy(undefined);
        const copy = error ? undefined : keeping?.copy;
        if (copy) keep(answered, repeat!, copy, deps);
        const over = (toldApart: Meters | null): void => {
          meter.close({ error, httpStatus: answer.status, firstByteAt: exchange.firstByteAt, mayHaveConsumed: true, toldApart });
          call.record.firstByteAt = exchange.firstByteAt;
          call.record.endedWith = error;
          resolve();
        };
        if (error) answered.abandon?.();
        if (error || !answered.metersAfterStream) over(null);
        else void answered.metersAfterStream().then(over);
      },
      clock: deps.clock,
      limits: deps.limits,
    });
    call.watchedBy(stream);
    if (call.isClientGone) stream.clientGone();
    else call.response.writeHead(answer.status, [...headersOf(answered, factsOf(answered, call), repeat, call, deps), 'cache-control', 'no-cache', 'x-accel-buffering', 'no']);
    answer.exchange.pipe(stream);
  });
}

/** Bytes pass in whole events; or each event is said again in the caller's dialect. */
function gateOf({ attempt, key, translated }: Answered, wish: Wish): StreamGate {
  const redacted = (text: string): string => redact(text, key.secret);
  return translated instanceof TranslatedStream ? new TranslatedGate(translated, attempt.provider, redacted) : new SseGate(mustAskForUsage(wish, attempt.provider), redacted);
}

/** For whoever asks the same again. */
function keep({ answer, translated, dropped }: Answered, repeat: Repeat, body: Buffer, { answers }: DeliverDeps): void {
  const contentType = translated ? contentTypeOf(translated) : (answer.headers['content-type'] ?? 'application/json');
  keepAnswer(repeat, { status: answer.status, contentType, dropped: listed(dropped), body }, answers);
}

function factsOf({ attempt, number }: Answered, { requestId }: Call): CallFacts {
  return { requestId, attempt, attempts: number };
}

function headersOf({ answer, attempt, hold, translated, dropped }: Answered, facts: CallFacts, repeat: Repeat | null, call: Call, deps: DeliverDeps): string[] {
  const headers: string[] = [];
  appendUpstreamHeaders(headers, answer.headers, translated ? contentTypeOf(translated) : null, call.admission !== undefined);
  if (call.admission) appendLimits(headers, call.admission);
  appendFacts(headers, facts);
  if (repeat) headers.push('x-byok-cache', 'miss');
  if (dropped.length > 0) headers.push('x-byok-dropped-params', listed(dropped));
  if (hold && attempt.usesPlatformCredits) headers.push('x-credits-held', hold.heldUsd);
  // Anthropic's SDK looks for the id under this name.
  if (call.route.dialect === 'anthropic') headers.push('request-id', facts.requestId);
  if (deps.isDraining()) headers.push('connection', 'close');
  return headers;
}

function contentTypeOf(translated: TranslatedWhole | TranslatedStream): string {
  return translated instanceof TranslatedWhole && !translated.isStream ? 'application/json' : 'text/event-stream; charset=utf-8';
}

const MOST_NAMED = 20;

/** Names come from the caller's body: only plain ones may become a header. */
function listed(dropped: readonly string[]): string {
  return dropped.slice(0, MOST_NAMED).map((name) => (/^[\w.-]{1,64}$/.test(name) ? name : '?')).join(', ');
}
