import type { Effort } from './dialects/chat-form.js';
import type { Field, FieldRule } from './dialects/field-rules.js';

/**
 * Where a provider's Responses API leaves OpenAI's. It counts when a translated request is written; what a caller of the same dialect
 * sends passes through untouched. What is absent is as OpenAI has it.
 */
export interface ResponsesWire {
  /** What becomes of a field, where that differs. */
  readonly rules?: Readonly<Partial<Record<Field, FieldRule>>>;
  /** Where the form of the answer is asked for: `text.format` where absent. */
  readonly answerFormat?: 'response_format';
  /** The words for how much to reason that it knows; the nearest is sent. */
  readonly efforts?: readonly Effort[];
  /** A summary of the reasoning cannot be asked for. */
  readonly hasNoSummary?: boolean;
  /** Its calls carry a proof (`thought_signature`) that has to come back. */
  readonly signsCalls?: boolean;
  /** Further members it knows, instead of OpenAI's. */
  readonly extras?: readonly string[];
}
