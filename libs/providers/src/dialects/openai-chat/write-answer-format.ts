import type { ChatWire } from '../../chat-wire.js';
import type { AnswerFormat, ChatRequest } from '../chat-form.js';
import { onlySet } from '../only-set.js';
import { writeSchema } from './write-schema.js';

/** `response_format`, and a sentence for the model where the provider cannot be told otherwise. */
export function writeAnswerFormat(request: ChatRequest, wire: ChatWire): { answerFormat?: object; instruction?: string } {
  const format = request.answerFormat;
  if (!format) return {};
  if (format.type === 'text') return { answerFormat: { type: 'text' } };
  if (format.type === 'json-object') return { answerFormat: { type: 'json_object' }, ...(saysJson(request) ? {} : { instruction: 'Answer with one JSON object and nothing else.' }) };
  if (wire.hasNoJsonSchema) return { answerFormat: { type: 'json_object' }, instruction: instructionOf(format) };
  const { name, description, schema, strict } = format;
  return { answerFormat: { type: 'json_schema', json_schema: { name, ...onlySet({ description, strict }), schema: writeSchema(schema, wire) } } };
}

function instructionOf({ description, schema }: Extract<AnswerFormat, { type: 'json-schema' }>): string {
  const about = description === undefined ? '' : ` It is: ${description}`;
  return `Answer with one JSON object and nothing else.${about} It must match this JSON schema:\n${JSON.stringify(schema)}`;
}

/** Providers refuse `json_object` when no message mentions it. */
function saysJson({ messages }: ChatRequest): boolean {
  return messages.some((message) => message.role !== 'tool' && message.parts.some((part) => part.type === 'text' && /json/i.test(part.text)));
}
