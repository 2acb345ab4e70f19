import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError, type Clock } from '@byok/kernel';
import type { Log } from '@byok/platform';
import { runCompletion, type CompletionDeps } from '../pipeline/run-completion.js';
import type { GatewayMetrics } from '../metrics.js';
import { answerError } from './answer-error.js';
import { Call } from './call.js';
import type { CallLog } from './call-log.js';
import type { HotRoute } from './hot-routes.js';

export interface HandleCallDeps extends CompletionDeps {
  clock: Clock;
  log: Log;
  callLog: CallLog;
  metrics: GatewayMetrics;
  running: Set<Call>;
  maxCalls: number;
}

/** A request on a metered route: runs the call, answers what went wrong, and says in one line how it went. */
export function handleCall(route: HotRoute, request: IncomingMessage, response: ServerResponse, deps: HandleCallDeps): void {
  const call = new Call(route, request, response, deps.clock);
  const admitted = deps.running.size < deps.maxCalls ? runCompletion(call, deps) : Promise.reject(new AppError('service_unavailable', 'The gateway is at its limit of running calls. Try again shortly.'));
  deps.running.add(call);
  admitted.then(
    () => finished(call, call.record.endedWith ?? null, deps),
    (error: unknown) => {
      const known = toAppError(error);
      answerError(response, route.dialect, known, call.requestId, factHeaders(call));
      finished(call, known, deps);
    },
  );
}

function finished(call: Call, error: AppError | null, deps: HandleCallDeps): void {
  deps.running.delete(call);
  const status = call.response.statusCode;
  const durationMs = deps.clock.now() - call.startedAt;
  deps.metrics.called(call.route.endpoint, error && error.code === 'client_gone' ? 499 : status, durationMs);
  const { orgId, tokenId, model, stream, provider, keyId, keyOwner, attempts, firstByteAt } = call.record;
  const firstByteMs = firstByteAt ? firstByteAt - call.startedAt : null;
  deps.callLog.say({ requestId: call.requestId, route: call.route.path, status, durationMs, firstByteMs, orgId, tokenId, model, stream, provider, keyId, keyOwner, attempts, code: error?.code });
  // What nobody foresaw is the only thing of which the cause must be told too; the rest has a code.
  if (error?.code === 'internal') deps.log.error({ requestId: call.requestId, error }, 'a call failed in a way nobody foresaw');
}

/** What is known about a call that failed, as a flat raw header array. */
function factHeaders({ requestId, record }: Call): string[] {
  const headers = ['x-request-id', requestId, 'request-id', requestId];
  if (record.attempts) headers.push('x-byok-attempts', String(record.attempts), 'x-provider', record.provider!, 'x-byok-key-owner', record.keyOwner!, 'x-byok-key-id', record.keyId!);
  return headers;
}
