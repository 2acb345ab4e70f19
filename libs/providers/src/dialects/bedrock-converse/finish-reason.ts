import type { FinishReason } from '../answer-form.js';
import { asObject, textAt } from '../members.js';

const REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  content_filtered: 'content-filter',
  guardrail_intervened: 'content-filter',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
};

/** `callsTools`: whether the caller sees a tool call; one that gives the answer itself is none. */
export function finishReason(stopReason: string | null, callsTools: boolean): FinishReason {
  const known = stopReason !== null && Object.hasOwn(REASONS, stopReason) ? REASONS[stopReason]! : callsTools ? 'tool-calls' : 'stop';
  return known === 'tool-calls' && !callsTools ? 'stop' : known;
}

/** The sequence that ended the answer, from the fields that were asked for. */
export function stopSequenceIn(holder: Record<string, unknown>): { stopSequence?: string } {
  const fields = asObject(holder['additionalModelResponseFields']) ?? {};
  const found = textAt(fields, 'stop_sequence') ?? textAt(asObject(fields['delta']) ?? {}, 'stop_sequence');
  return found === null ? {} : { stopSequence: found };
}
