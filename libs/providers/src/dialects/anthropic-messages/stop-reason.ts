import type { Choice, FinishReason } from '../answer-form.js';
import type { StopReason } from './wire.js';

/** Why a choice ended, in this dialect's words. */
export function stopReasonOf({ finish, stopSequence }: Pick<Choice, 'finish' | 'stopSequence'>): StopReason {
  switch (finish) {
    case 'stop':
      return stopSequence === undefined ? 'end_turn' : 'stop_sequence';
    case 'length':
      return 'max_tokens';
    case 'tool-calls':
      return 'tool_use';
    case 'content-filter':
      return 'refusal';
    case 'error':
      // There is no word for it; callers must at least see that the answer was cut short.
      return 'max_tokens';
  }
}

const FINISHES: ReadonlyMap<unknown, FinishReason> = new Map<unknown, FinishReason>([
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'content-filter'],
]);

/** end_turn, stop_sequence, pause_turn and what we do not know are a stop. */
export function finishOf(stopReason: unknown): FinishReason {
  return FINISHES.get(stopReason) ?? 'stop';
}
