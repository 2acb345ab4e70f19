import type { Found } from '../../find-usage.js';
import type { AnswerFormat, ChatRequest, ReasoningWish } from '../chat-form.js';
import { EFFORTS } from '../effort.js';
import { onlySet } from '../only-set.js';
import { expectObject, expectText, invalid, member, optionalFlag, optionalNumber, optionalText, untranslatable } from '../expect.js';
import { readMessages } from './read-messages.js';
import { readTools } from './read-tools.js';

/** A chat completions request. @throws AppError invalid_request, param_not_supported */
export function readRequest(body: Found): ChatRequest {
  refuseWhatHasNoForm(body);
  return {
    model: optionalText(body, 'model') ?? '',
    stream: optionalFlag(body, 'stream') ?? false,
    messages: readMessages(member(body, 'messages')),
    ...readTools(body),
    ...onlySet({
      parallelToolCalls: optionalFlag(body, 'parallel_tool_calls'),
      maxTokens: optionalNumber(body, 'max_completion_tokens') ?? optionalNumber(body, 'max_tokens'),
      temperature: optionalNumber(body, 'temperature'),
      topP: optionalNumber(body, 'top_p'),
      topK: optionalNumber(body, 'top_k'),
      stop: readStop(member(body, 'stop')),
      seed: optionalNumber(body, 'seed'),
      frequencyPenalty: optionalNumber(body, 'frequency_penalty'),
      presencePenalty: optionalNumber(body, 'presence_penalty'),
      n: optionalNumber(body, 'n'),
      logprobs: optionalFlag(body, 'logprobs') ? { top: optionalNumber(body, 'top_logprobs') ?? 0 } : undefined,
      logitBias: readLogitBias(member(body, 'logit_bias')),
      answerFormat: readAnswerFormat(member(body, 'response_format')),
      reasoning: readReasoningWish(body),
      user: optionalText(body, 'user'),
      includeUsage: readIncludeUsage(member(body, 'stream_options')),
    }),
    extras: extrasOf(body),
  };
}

/** What stands in the form; everything else is extra. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'stream', 'stream_options', 'messages', 'tools', 'tool_choice', 'parallel_tool_calls', 'max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'top_k'],
  ...['stop', 'seed', 'frequency_penalty', 'presence_penalty', 'n', 'logprobs', 'top_logprobs', 'logit_bias', 'response_format', 'reasoning_effort', 'reasoning', 'user'],
]);

function extrasOf(body: Found): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => !KNOWN.has(name) && value !== null && value !== undefined && !saysNothing(name, value)));
}

/** Text is what every answer is made of. */
function saysNothing(name: string, value: unknown): boolean {
  return name === 'modalities' && Array.isArray(value) && value.every((each) => each === 'text');
}

function refuseWhatHasNoForm(body: Found): void {
  for (const name of ['functions', 'function_call']) {
    if (member(body, name) !== null) throw invalid(name, 'is the old way to call functions, which this model cannot be told; use "tools" and "tool_choice"');
  }
  const modalities = member(body, 'modalities');
  if (Array.isArray(modalities) && modalities.includes('audio')) throw untranslatable('modalities', 'A spoken answer ("modalities")');
}

function readStop(value: unknown): string[] | undefined {
  if (value === null) return undefined;
  const stop = Array.isArray(value) ? value.map((each) => expectText(each, 'stop')) : [expectText(value, 'stop')];
  return stop.length === 0 ? undefined : stop;
}

function readLogitBias(value: unknown): Record<string, number> | undefined {
  if (value === null) return undefined;
  const bias = Object.entries(expectObject(value, 'logit_bias'));
  if (!bias.every((entry): entry is [string, number] => typeof entry[1] === 'number')) throw invalid('logit_bias', 'must map tokens to numbers');
  return bias.length === 0 ? undefined : Object.fromEntries(bias);
}

function readAnswerFormat(value: unknown): AnswerFormat | undefined {
  if (value === null) return undefined;
  const format = expectObject(value, 'response_format');
  const type = expectText(member(format, 'type'), 'response_format.type');
  if (type === 'text') return { type };
  if (type === 'json_object') return { type: 'json-object' };
  if (type !== 'json_schema') throw invalid('response_format.type', 'must be text, json_object or json_schema');
  const schema = expectObject(member(format, 'json_schema'), 'response_format.json_schema');
  return {
    type: 'json-schema',
    name: expectText(member(schema, 'name'), 'response_format.json_schema.name'),
    schema: expectObject(member(schema, 'schema') ?? {}, 'response_format.json_schema.schema'),
    ...onlySet({
      description: optionalText(schema, 'description', 'response_format.json_schema.description'),
      strict: optionalFlag(schema, 'strict', 'response_format.json_schema.strict'),
    }),
  };
}

/** OpenAI's `reasoning_effort`, and the `reasoning` object by which aggregators ask for a budget. */
function readReasoningWish(body: Found): ReasoningWish | undefined {
  const object = member(body, 'reasoning') === null ? {} : expectObject(member(body, 'reasoning'), 'reasoning');
  const isHidden = optionalFlag(object, 'exclude', 'reasoning.exclude');
  const isEnabled = optionalFlag(object, 'enabled', 'reasoning.enabled');
  const wish = onlySet({
    effort: readEffort(member(body, 'reasoning_effort') ?? member(object, 'effort') ?? (isEnabled === undefined ? null : isEnabled ? 'medium' : 'none')),
    budget: optionalNumber(object, 'max_tokens'),
    isShown: isHidden === undefined ? undefined : !isHidden,
  });
  return Object.keys(wish).length === 0 ? undefined : wish;
}

function readEffort(value: unknown) {
  if (value === null) return undefined;
  // One step above the form's highest.
  const known = EFFORTS.find((each) => each === (value === 'max' ? 'xhigh' : value));
  if (known === undefined) throw invalid('reasoning_effort', `must be one of ${EFFORTS.join(', ')}`);
  return known;
}

function readIncludeUsage(value: unknown): boolean | undefined {
  return value === null ? undefined : optionalFlag(expectObject(value, 'stream_options'), 'include_usage', 'stream_options.include_usage');
}
