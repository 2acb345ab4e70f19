import { AppError, toAppError, type Clock } from '@byok/kernel';
import type { DeniedCall, Tally } from '@byok/identity';
import type { Log } from '@byok/platform';
import { runCompletion, type CompletionDeps } from '../pipeline/run-completion.js';
import type { GatewayMetrics } from '../metrics.js';
import { appendLimits } from '../limits/limit-headers.js';
import { HOP_HEADER } from '../upstream/opened-key.js';
import { answerError } from './answer-error.js';
import { Call, type RunningCalls } from './call.js';
import type { CallRequest, CallResponse } from './caller.js';
import type { CallLog } from './call-log.js';
import type { HotRoute } from './hot-routes.js';
import { noteDenial } from './note-denial.js';

export interface HandleCallDeps extends CompletionDeps {
  clock: Clock;
  log: Log;
  callLog: CallLog;
  metrics: GatewayMetrics;
  running: RunningCalls;
  denied: Tally<DeniedCall>;
  maxCalls: number;
}

/** A request on a metered route: runs the call, answers what went wrong, and says in one line how it went. */
export function handleCall(route: HotRoute, request: CallRequest, response: CallResponse, deps: HandleCallDeps): void {
  runCall(new Call(route, request, response, deps.clock), deps);
}

/** The same for a call that is made already. Nothing on a metered route is answered but through here. */
export function runCall(call: Call, deps: HandleCallDeps): void {
  const refusal = refusalOf(call.request, deps);
  const admitted = refusal ? Promise.reject(refusal) : runCompletion(call, deps);
  deps.running.add(call);
  admitted.then(
    () => finishCall(call, call.record.endedWith ?? null, deps),
    (error: unknown) => {
      const known = toAppError(error);
      answerError(call.response, call.route.dialect, known, call.requestId, factHeaders(call));
      finishCall(call, known, deps);
    },
  );
}

/** Why a request is not even looked at, if so. */
function refusalOf(request: CallRequest, deps: HandleCallDeps): AppError | undefined {
  if (deps.running.size >= deps.maxCalls) return new AppError('service_unavailable', 'The gateway is at its limit of running calls. Try again shortly.');
  if (request.headers[HOP_HEADER] !== undefined) return new AppError('endpoint_not_allowed', 'This call has been through a byok gateway already: the key that it used names a gateway as its endpoint.');
  return undefined;
}

/** Says in one line how a call went, and lets go of it. */
export function finishCall(call: Call, error: AppError | null, deps: HandleCallDeps): void {
  deps.running.delete(call);
  if (error) noteDenial(call, error, deps.denied);
  call.admission?.over(call.record.tokens ?? 0);
  const status = call.response.statusCode;
  const durationMs = deps.clock.now() - call.startedAt;
  deps.metrics.called(call.route.endpoint, error && error.code === 'client_gone' ? 499 : status, durationMs);
  deps.callLog.say({ requestId: call.requestId, route: call.route.path, startedAt: call.startedAt, status, durationMs, record: call.record, code: error?.code });
  // What nobody foresaw is the only thing of which the cause must be told too; the rest has a code.
  if (error?.code === 'internal') deps.log.error({ requestId: call.requestId, error }, 'a call failed in a way nobody foresaw');
}

/** What is known about a call that failed, as a flat raw header array. */
function factHeaders({ requestId, record, admission }: Call): string[] {
  const headers = ['x-request-id', requestId, 'request-id', requestId];
  if (record.attempt) headers.push('x-byok-attempts', String(record.attempts), 'x-provider', record.attempt.provider.id, 'x-byok-key-owner', record.attempt.owner.type, 'x-byok-key-id', record.attempt.keyId);
  if (admission) appendLimits(headers, admission);
  return headers;
}
