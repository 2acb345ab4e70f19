import type { AnswerFormat, ChatRequest } from '../chat-form.js';
import { asObject, textAt } from '../members.js';
import { expectList, expectNumber, expectObject, expectText, given, invalid } from './expect-shape.js';
import { readMessages, readSystem } from './read-messages.js';
import { readReasoning } from './read-reasoning.js';
import { readToolChoice, readTools } from './read-tools.js';

type Found = Record<string, unknown>;

/** A body of POST /v1/messages. @throws AppError invalid_request, param_not_supported */
export function readRequest(body: Found): ChatRequest {
  const { model, stream, system, messages, tools, tool_choice, max_tokens, stop_sequences, temperature, top_p, top_k, metadata, thinking, output_config, output_format, ...extras } = body;
  const output = asObject(output_config) ?? {};
  const { effort, format, ...otherOutput } = output;
  const user = textAt(asObject(metadata) ?? {}, 'user_id');
  return {
    model: typeof model === 'string' ? model : '',
    stream: stream === true,
    messages: [...readSystem(system), ...readMessages(messages)],
    ...readTools(tools),
    ...readToolChoice(tool_choice),
    maxTokens: readMaxTokens(max_tokens),
    ...given('temperature', temperature, expectNumber, 'temperature'),
    ...given('topP', top_p, expectNumber, 'top_p'),
    ...given('topK', top_k, expectNumber, 'top_k'),
    ...given('stop', stop_sequences, readStop, 'stop_sequences'),
    ...given('answerFormat', format ?? output_format, readFormat, 'output_config.format'),
    ...readReasoning(thinking, effort),
    ...(user === null ? {} : { user }),
    extras: withoutNulls({ ...extras, ...(Object.keys(otherOutput).length > 0 ? { output_config: otherOutput } : {}) }),
  };
}

function readMaxTokens(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw invalid('max_tokens', 'a whole number of at least 1; this API wants it in every request');
  return value;
}

function readStop(value: unknown, param: string): string[] {
  return expectList(value, param).map((each, index) => expectText(each, `${param}.${index}`));
}

/** The schema has no name here, where other dialects want one. */
function readFormat(value: unknown, param: string): AnswerFormat {
  const format = expectObject(value, param);
  if (format['type'] !== 'json_schema') throw invalid(`${param}.type`, '"json_schema"');
  return { type: 'json-schema', name: 'answer', schema: expectObject(format['schema'], `${param}.schema`) };
}

function withoutNulls(members: Found): Found {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}
