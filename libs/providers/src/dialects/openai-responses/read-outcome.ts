import type { Found } from '../../find-usage.js';
import type { FinishReason } from '../answer-form.js';
import { asObject, numberAt, textAt } from '../members.js';

/** Why the answer ended; null when it did not end well. */
export function finishOf(response: Found, hasCalls: boolean): FinishReason | null {
  const status = textAt(response, 'status') ?? 'completed';
  if (status === 'incomplete') return textAt(asObject(response['incomplete_details']) ?? {}, 'reason') === 'content_filter' ? 'content-filter' : 'length';
  // An action is what a function is called for.
  if (status !== 'completed' && status !== 'requires_action') return null;
  return hasCalls ? 'tool-calls' : 'stop';
}

/** The complaint of a response, of an event, or of what is around them. */
export function complaintOf(event: Found): { code: string | null; message: string } {
  const error = asObject(asObject(event['response'])?.['error']) ?? asObject(event['error']) ?? event;
  const code = textAt(error, 'code') ?? textAt(error, 'type') ?? numberAt(error, 'code')?.toString() ?? null;
  return { code: code === null || NO_CODES.test(code) ? null : code, message: textAt(error, 'message') ?? 'The provider could not finish its answer.' };
}

/** Names of events are no codes. */
const NO_CODES = /^(?:error|response\.[a-z]+)$/;
