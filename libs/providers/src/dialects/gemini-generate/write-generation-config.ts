import { AppError } from '@byok/kernel';
import type { AnswerFormat, ChatRequest } from '../chat-form.js';
import { modelFamily } from './model-family.js';
import { toGeminiSchema, toResponseSchema } from './to-gemini-schema.js';
import { writeThinking } from './write-thinking.js';

/** `generationConfig`; undefined when the caller set nothing of it. */
export function writeGenerationConfig(request: ChatRequest, extras: Record<string, unknown>): object | undefined {
  const { logprobs, reasoning, answerFormat } = request;
  const config = {
    ...numbersOf(request),
    ...(request.stop === undefined || request.stop.length === 0 ? {} : { stopSequences: request.stop }),
    ...(logprobs === undefined ? {} : { responseLogprobs: true, ...(logprobs.top > 0 ? { logprobs: logprobs.top } : {}) }),
    ...(answerFormat === undefined ? {} : writeFormat(answerFormat, request)),
    ...extras,
  };
  const thinking = reasoning === undefined ? undefined : writeThinking(reasoning, request.model);
  const whole = thinking ? { ...config, thinkingConfig: thinking } : config;
  return Object.keys(whole).length === 0 ? undefined : whole;
}

function numbersOf(request: ChatRequest): Record<string, number> {
  const { maxTokens, temperature, topP, topK, seed, frequencyPenalty, presencePenalty, n } = request;
  const numbers = { maxOutputTokens: maxTokens, temperature, topP, topK, seed, frequencyPenalty, presencePenalty, candidateCount: n };
  return Object.fromEntries(Object.entries(numbers).filter((entry): entry is [string, number] => entry[1] !== undefined));
}

function writeFormat(format: AnswerFormat, { model, tools = [], toolChoice }: ChatRequest): object {
  if (format.type === 'text') return {};
  const family = modelFamily(model);
  if (tools.length > 0 && toolChoice !== 'none' && family.version < 3) {
    throw new AppError('param_not_supported', 'This model cannot be given tools and told to answer in JSON at the same time. Leave out one of them.', { details: { param: format.type === 'json-object' ? 'json_object' : 'json_schema' } });
  }
  if (format.type === 'json-object') return { responseMimeType: 'application/json' };
  const schema = family.readsJsonSchema ? { responseJsonSchema: toResponseSchema(format.schema) } : { responseSchema: toGeminiSchema(format.schema) };
  return { responseMimeType: 'application/json', ...schema };
}
