import type { Found } from '../../find-usage.js';
import type { AnswerPart, ReasoningPart, ToolCallPart } from '../chat-form.js';
import { asObject, objectsAt, textAt } from '../members.js';
import { onlySet } from '../only-set.js';
import { readCacheMark } from './read-cache-mark.js';
import { readReasoning, signaturesOfCalls } from './reasoning-details.js';

/** What a model said in a message, of an answer or of the history. Lenient: what is not understood is left out. Calls without an id get one. */
export function readSpoken(message: Found, idPrefix = 'call'): AnswerPart[] {
  const refusal = textAt(message, 'refusal');
  return [
    ...readReasoning(message),
    ...readContent(message['content']),
    ...(refusal === null || refusal === '' ? [] : [{ type: 'refusal' as const, text: refusal }]),
    ...readCalls(message, idPrefix),
  ];
}

/** A string, or a list of parts; Mistral and Databricks put reasoning among them. */
export function readContent(content: unknown): AnswerPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return objectsAt({ content }, 'content').flatMap(readContentPart);
}

function readContentPart(part: Found): AnswerPart[] {
  switch (part['type']) {
    case 'text':
    case 'output_text':
      return nonEmpty({ type: 'text', text: textAt(part, 'text') ?? '', ...onlySet({ cache: readCacheMark(part) }) });
    case 'refusal':
      return nonEmpty({ type: 'refusal', text: textAt(part, 'refusal') ?? '' });
    case 'thinking':
      return nonEmpty({ type: 'reasoning', text: textAt(part, 'thinking') ?? textsOf(objectsAt(part, 'thinking')) });
    case 'reasoning':
      return objectsAt(part, 'summary').flatMap((each): AnswerPart[] => nonEmpty({ type: 'reasoning', text: textAt(each, 'text') ?? '', ...onlySet({ signature: textAt(each, 'signature') ?? undefined }) } as ReasoningPart));
    default:
      return [];
  }
}

function textsOf(parts: readonly Found[]): string {
  return parts.map((each) => textAt(each, 'text') ?? '').join('');
}

function nonEmpty(part: Exclude<AnswerPart, ToolCallPart>): AnswerPart[] {
  return part.text === '' && !('signature' in part) ? [] : [part];
}

function readCalls(message: Found, idPrefix: string): ToolCallPart[] {
  const signatures = signaturesOfCalls(message);
  return objectsAt(message, 'tool_calls').flatMap((call, index) => {
    const called = asObject(call['function']);
    const name = called && textAt(called, 'name');
    if (!called || !name) return [];
    const id = textAt(call, 'id') || `${idPrefix}_${index}`;
    return [{ type: 'tool-call', id, name, arguments: argumentsOf(called['arguments']), ...onlySet({ signature: signatureOf(call) ?? signatures.get(id) }) }];
  });
}

/** JSON text of an object; a call without arguments is told in several ways. */
export function argumentsOf(value: unknown): string {
  if (typeof value === 'string') return value.trim() === '' || value.trim() === 'null' ? '{}' : value;
  return JSON.stringify(asObject(value) ?? {});
}

/** Where Google's OpenAI-compatible API has the proof of a call. */
export function signatureOf(call: Found): string | undefined {
  const google = asObject(asObject(call['extra_content'])?.['google']);
  return (google && textAt(google, 'thought_signature')) ?? undefined;
}

/** Of letters that every dialect allows in an id. */
export function idPrefixOf(answerId: string): string {
  const clean = answerId.replace(/[^A-Za-z0-9_-]+/g, '');
  return clean === '' ? 'call' : `call_${clean}`;
}
