import type { FinishReason } from '../answer-form.js';

const REASONS: Readonly<Record<string, FinishReason>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
  ERROR: 'error',
  TIMEOUT: 'error',
};

/** A reason that came after this was written counts as an ordinary end. */
export function finishReason(reason: string | null): FinishReason {
  return reason !== null && Object.hasOwn(REASONS, reason) ? REASONS[reason]! : 'stop';
}
