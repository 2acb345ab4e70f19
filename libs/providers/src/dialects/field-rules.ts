import { AppError } from '@byok/kernel';
import type { ChatRequest, Message } from './chat-form.js';

/**
 * What becomes of a field at a dialect that callers of another one reach: `sent` (as it is, or in words that mean the same),
 * `dropped` (the answer says so in `x-byok-dropped-params`), `refused` (the request would mean something else without it).
 */
export type FieldRule = 'sent' | 'dropped' | 'refused';

/** Every field that some dialect cannot express, by its name in OpenAI's chat completions; the last ones name kinds of content. */
export const FIELDS = [
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'n',
  'logprobs',
  'logit_bias',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'json_object',
  'json_schema',
  'reasoning_effort',
  'user',
  'cache_control',
  'images',
  'image_urls',
  'files',
  'audio',
  'reasoning_history',
] as const;
export type Field = (typeof FIELDS)[number];
export type FieldRules = Readonly<Record<Field, FieldRule>>;

/** Rules from the exceptions: everything else is sent. */
export function fieldRules(exceptions: Partial<Record<Field, FieldRule>>): FieldRules {
  return { ...(Object.fromEntries(FIELDS.map((field) => [field, 'sent'])) as Record<Field, FieldRule>), ...exceptions };
}

/**
 * The request without what this target drops, and the names of that.
 * @throws AppError param_not_supported when the caller set a field that would change the meaning by its absence
 */
export function applyFieldRules(request: ChatRequest, rules: FieldRules, target: string): { request: ChatRequest; dropped: Field[] } {
  const unsendable = FIELDS.filter((field) => rules[field] !== 'sent' && IS_SET[field](request));
  const refused = unsendable.find((field) => rules[field] === 'refused');
  if (refused !== undefined) {
    throw new AppError('param_not_supported', `${target} cannot be asked for ${SPOKEN[refused] ?? `"${refused}"`}. Leave it out, or choose a model of another provider.`, { details: { param: refused } });
  }
  return { request: unsendable.reduce<ChatRequest>((rest, field) => WITHOUT[field]?.(rest) ?? rest, request), dropped: unsendable };
}

const SPOKEN: Partial<Record<Field, string>> = {
  n: 'more than one answer ("n")',
  json_schema: 'an answer by JSON schema ("response_format")',
  json_object: 'an answer as a JSON object ("response_format")',
  images: 'an answer about images',
  image_urls: 'an image by its URL; send it inline as base64',
  files: 'an answer about files',
  audio: 'an answer about audio',
};

const IS_SET: Record<Field, (request: ChatRequest) => boolean> = {
  max_tokens: (request) => request.maxTokens !== undefined,
  temperature: (request) => request.temperature !== undefined,
  top_p: (request) => request.topP !== undefined,
  top_k: (request) => request.topK !== undefined,
  stop: (request) => (request.stop?.length ?? 0) > 0,
  seed: (request) => request.seed !== undefined,
  frequency_penalty: (request) => (request.frequencyPenalty ?? 0) !== 0,
  presence_penalty: (request) => (request.presencePenalty ?? 0) !== 0,
  n: (request) => (request.n ?? 1) > 1,
  logprobs: (request) => request.logprobs !== undefined,
  logit_bias: (request) => Object.keys(request.logitBias ?? {}).length > 0,
  tools: (request) => (request.tools?.length ?? 0) > 0 || request.messages.some((message) => message.role === 'tool'),
  tool_choice: (request) => request.toolChoice !== undefined && request.toolChoice !== 'auto' && (request.tools?.length ?? 0) > 0,
  parallel_tool_calls: (request) => request.parallelToolCalls === false && (request.tools?.length ?? 0) > 0,
  json_object: (request) => request.answerFormat?.type === 'json-object',
  json_schema: (request) => request.answerFormat?.type === 'json-schema',
  reasoning_effort: (request) => request.reasoning !== undefined,
  user: (request) => request.user !== undefined,
  cache_control: (request) => JSON.stringify([request.messages, request.tools ?? []]).includes('"cache":'),
  images: (request) => hasContent(request.messages, 'image'),
  image_urls: (request) => hasUrlImage(request.messages),
  files: (request) => hasContent(request.messages, 'file'),
  audio: (request) => hasContent(request.messages, 'audio'),
  reasoning_history: (request) => request.messages.some((message) => message.role === 'assistant' && message.parts.some((part) => part.type === 'reasoning')),
};

/** How a dropped field leaves the request; fields of content are refused or sent, and marks and hints are simply not written. */
const WITHOUT: Partial<Record<Field, (request: ChatRequest) => ChatRequest>> = {
  max_tokens: ({ maxTokens: _, ...rest }) => rest,
  temperature: ({ temperature: _, ...rest }) => rest,
  top_p: ({ topP: _, ...rest }) => rest,
  top_k: ({ topK: _, ...rest }) => rest,
  stop: ({ stop: _, ...rest }) => rest,
  seed: ({ seed: _, ...rest }) => rest,
  frequency_penalty: ({ frequencyPenalty: _, ...rest }) => rest,
  presence_penalty: ({ presencePenalty: _, ...rest }) => rest,
  n: ({ n: _, ...rest }) => rest,
  logprobs: ({ logprobs: _, ...rest }) => rest,
  logit_bias: ({ logitBias: _, ...rest }) => rest,
  tool_choice: ({ toolChoice: _, ...rest }) => rest,
  parallel_tool_calls: ({ parallelToolCalls: _, ...rest }) => rest,
  json_object: ({ answerFormat: _, ...rest }) => rest,
  json_schema: ({ answerFormat: _, ...rest }) => rest,
  reasoning_effort: ({ reasoning: _, ...rest }) => rest,
  user: ({ user: _, ...rest }) => rest,
  reasoning_history: (request) => ({ ...request, messages: request.messages.map(withoutReasoning) }),
};

function withoutReasoning(message: Message): Message {
  return message.role === 'assistant' ? { ...message, parts: message.parts.filter((part) => part.type !== 'reasoning') } : message;
}

function hasContent(messages: readonly Message[], type: 'image' | 'file' | 'audio'): boolean {
  return messages.some((message) => contentOf(message).some((part) => part.type === type));
}

function hasUrlImage(messages: readonly Message[]): boolean {
  return messages.some((message) => contentOf(message).some((part) => part.type === 'image' && part.source.kind === 'url'));
}

function contentOf(message: Message) {
  if (message.role === 'tool') return message.results.flatMap((result) => result.parts);
  return message.parts;
}
