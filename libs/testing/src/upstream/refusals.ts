import { jsonAnswer, type Answer } from './answer.js';
import type { WitnessRow } from './witness.js';

/** A key with "bad" after its prefix is refused, and the refusal quotes the key: providers do that, and it must never leave the gateway. */
const BAD_KEY = /^[a-z]{1,5}[-_](?:[a-z0-9]+-)*bad/;

/** The answer to a request without a good key, in the dialect it was asked in; undefined when the key is good. */
export function refuse(row: WitnessRow): Answer | undefined {
  if (row.key !== null && !BAD_KEY.test(row.key)) return undefined;
  const said = row.key === null ? 'You did not provide an API key.' : `Incorrect API key provided: ${row.key}. You can find your API key in your account.`;
  if (isAnthropic(row)) return jsonAnswer({ type: 'error', error: { type: 'authentication_error', message: said }, request_id: 'req_fake' }, null, 401);
  return jsonAnswer({ error: { message: said, type: 'invalid_request_error', param: null, code: 'invalid_api_key' } }, null, 401);
}

export function notFound(row: WitnessRow): Answer {
  const said = `Unknown request URL: ${row.method} ${row.path}.`;
  if (isAnthropic(row)) return jsonAnswer({ type: 'error', error: { type: 'not_found_error', message: said } }, null, 404);
  return jsonAnswer({ error: { message: said, type: 'invalid_request_error', param: null, code: 'unknown_url' } }, null, 404);
}

export function badRequest(said: string): Answer {
  return jsonAnswer({ error: { message: said, type: 'invalid_request_error', param: null, code: null } }, null, 400);
}

function isAnthropic(row: WitnessRow): boolean {
  return 'anthropic-version' in row.headers;
}
