import type { CallEndpoint } from '@byok/providers';
import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';
import type { Call } from '../http/call.js';
import type { Wish } from '../pipeline/read-wish.js';
import { namedHandles } from '../state/named-handles.js';
import { SWITCHES } from '../upstream/request-headers.js';
import { canonicalJson } from './canonical-json.js';
import type { Repeat } from './keep-answer.js';
import type { KeptAnswers } from './kept-answers.js';

/** Answers of Responses are named by later calls, which their key alone can serve: never repeated. */
const REPEATED: ReadonlySet<CallEndpoint> = new Set(['chat', 'completions', 'embeddings', 'messages', 'generate']);
const LONGEST_BODY = 256 * 1024;

/**
 * Null for a call that is answered anew: its org has not turned this on, or nothing says that the same request may have the same answer.
 * What says so: `x-byok-cache: on`, a temperature of 0, a seed, or an embedding. `x-byok-cache: off` says the opposite.
 */
export function repeatOf(attempts: readonly Attempt[], wish: Wish, principal: Principal, call: Call, answers: KeptAnswers): Repeat | null {
  const settings = principal.settings.org.cache;
  if (!settings?.enabled) return null;
  const first = attempts[0];
  const said = call.request.headers['x-byok-cache'];
  if (!first || said === 'off' || !REPEATED.has(wish.endpoint) || wish.body.length > LONGEST_BODY) return null;
  const body = JSON.parse(wish.body.toString()) as Record<string, unknown>;
  if (said !== 'on' && !isSteady(wish.endpoint, body)) return null;
  // Who may not see a file must not see an answer about it.
  if (namedHandles(wish.body, wish.scan, false).length > 0) return null;
  const name = answers.nameOf(principal.orgId, [
    wish.endpoint,
    String(wish.stream),
    wish.model,
    first.provider.id,
    first.upstreamModel,
    ...SWITCHES.map((header) => String(call.request.headers[header] ?? '')),
    canonicalJson(body),
  ]);
  return { orgId: principal.orgId, name, settings, first, kept: answers.find(principal.orgId, name) };
}

/** True where the caller asks for what does not depend on chance. */
function isSteady(endpoint: CallEndpoint, body: Record<string, unknown>): boolean {
  const options = endpoint === 'generate' ? ((body['generationConfig'] ?? {}) as Record<string, unknown>) : body;
  return endpoint === 'embeddings' || options['temperature'] === 0 || typeof options['seed'] === 'number';
}
