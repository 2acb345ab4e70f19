import type { Effort } from './dialects/chat-form.js';
import type { Field, FieldRule } from './dialects/field-rules.js';
import type { Provider } from './provider.js';

/**
 * Where a provider's OpenAI-compatible chat leaves the common ground. It counts when a translated request is written; what a caller of
 * the same dialect sends passes through untouched. What is absent is as most have it.
 */
export interface ChatWire {
  /** What becomes of a field, where that differs: most know no top_k and no cache_control, and take no reasoning back. */
  readonly rules?: Readonly<Partial<Record<Field, FieldRule>>>;
  /** Instead of `max_tokens`. */
  readonly maxTokensField?: 'max_completion_tokens';
  /** Instead of `seed`. */
  readonly seedField?: 'random_seed';
  /** Instead of `parallel_tool_calls`. */
  readonly parallelToolCallsField?: 'parallel_function_calling';
  /** Instead of `system`. */
  readonly systemRole?: 'developer';
  /** A higher temperature is lowered to this. */
  readonly maxTemperature?: number;
  /** `any`: its word for "required", and a tool is forced by sending no other. `auto-only`: it can only be left free. */
  readonly toolChoice?: 'any' | 'auto-only';
  /** Ids of tool calls are nine letters and digits; other ids are turned into such. */
  readonly hasShortCallIds?: boolean;
  /** Members of JSON schemas that it chokes on. */
  readonly schemaMembersDropped?: readonly string[];
  /** It takes a JSON schema only as words beside `json_object`. */
  readonly hasNoJsonSchema?: boolean;
  /** Tools and an answer in JSON exclude each other. */
  readonly isToolsOrJson?: boolean;
  /** Content without images is a string, never a list of parts. */
  readonly isTextPlain?: boolean;
  /** How much reasoning is wanted: `reasoning_effort` where absent. */
  readonly reasoningWish?: 'thinking' | 'enable_thinking' | 'reasoning';
  /** The words of `reasoning_effort` that it knows; the nearest is sent. */
  readonly efforts?: readonly Effort[];
  /** With tools it reasons only on another endpoint, and wants to be told so. */
  readonly reasonsWithoutToolsOnly?: boolean;
  /** Where reasoning of earlier turns goes back; nowhere where absent. */
  readonly reasoningBack?: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'thinking-parts';
  /** Every answer that called tools must come back with its reasoning, an empty one included. */
  readonly needsReasoningBack?: boolean;
  /** An assistant message at the end is the beginning of the answer only when marked with `prefix`. */
  readonly marksPrefix?: boolean;
  /** Arguments are streamed only with `tool_stream`. */
  readonly hasToolStream?: boolean;
  /** A file may be given by its URL. */
  readonly takesFileUrls?: boolean;
  /** Further members it knows under the names that OpenAI's other dialects use. */
  readonly extras?: readonly string[];
  /** Models that differ from the others; every pattern that matches counts, the later one more. */
  readonly byModel?: readonly { readonly model: RegExp; readonly wire: Omit<ChatWire, 'byModel'> }[];
}

/** Longer names are no model's, and patterns never see them. */
const LONGEST_MODEL = 256;

/** What counts for this model of the provider. */
export function chatWire(provider: Provider, model: string): Omit<ChatWire, 'byModel'> {
  const { byModel, ...common } = provider.wire ?? {};
  if (model.length > LONGEST_MODEL) return common;
  const matching = (byModel ?? []).filter((each) => each.model.test(model)).map(({ wire }) => wire);
  return matching.reduce((wire, own) => ({ ...wire, ...own, rules: { ...wire.rules, ...own.rules } }), common);
}
