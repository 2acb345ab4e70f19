import type { FinishReason } from '../answer-form.js';

/** Google's reasons that are not an error; every other one (MALFORMED_FUNCTION_CALL, OTHER, LANGUAGE, NO_IMAGE, those to come) is. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
  MODEL_ARMOR: 'content-filter',
};

/** Google stops with STOP for calls, too. */
export function readFinish(reason: string, hasCalls: boolean): FinishReason {
  const known = Object.hasOwn(REASONS, reason) ? REASONS[reason]! : 'error';
  return known === 'stop' && hasCalls ? 'tool-calls' : known;
}

const WRITTEN: Readonly<Record<FinishReason, string>> = { stop: 'STOP', 'tool-calls': 'STOP', length: 'MAX_TOKENS', 'content-filter': 'SAFETY', error: 'OTHER' };

export function writeFinish(reason: FinishReason): string {
  return WRITTEN[reason];
}
