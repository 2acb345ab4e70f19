import type { Clock } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import { appendFacts, type CallFacts } from '../http/call-facts.js';
import type { Call } from '../http/call.js';
import { appendLimits } from '../limits/limit-headers.js';
import { noteRepeat, type MeterDeps } from '../pipeline/meter.js';
import type { Wish } from '../pipeline/read-wish.js';
import { tagsOf } from '../pipeline/tags-of.js';
import type { KeptAnswer } from './kept-answers.js';
import type { Repeat } from './keep-answer.js';

/** Gives an answer that was given before. Nobody is asked and nothing is spent; it is a line in the usage all the same. */
export function answerAgain({ first }: Repeat, kept: KeptAnswer, wish: Wish, principal: Principal, call: Call, deps: MeterDeps & { clock: Clock }): void {
  call.assertWanted();
  const facts: CallFacts = { requestId: call.requestId, attempt: first, attempts: 0, isRepeat: true };
  call.record.attempt = first;
  call.record.attempts = 0;
  noteRepeat({ principal, attempt: first, number: 1, requestId: call.requestId, endpoint: wish.endpoint, stream: wish.stream, requestBytes: wish.body.length, tags: tagsOf(principal, call.request.headers) }, deps);
  const isStream = kept.contentType.startsWith('text/event-stream');
  const body = call.route.dressAnswer && !isStream ? call.route.dressAnswer(kept.body, facts) : kept.body;
  const headers = ['content-type', kept.contentType, 'x-byok-cache', 'hit'];
  if (call.admission) appendLimits(headers, call.admission);
  appendFacts(headers, facts);
  if (kept.dropped !== '') headers.push('x-byok-dropped-params', kept.dropped);
  if (call.route.dialect === 'anthropic') headers.push('request-id', call.requestId);
  if (isStream) headers.push('cache-control', 'no-cache', 'x-accel-buffering', 'no');
  else headers.push('content-length', String(body.length));
  call.response.writeHead(kept.status, headers);
  call.response.end(body);
}
