import type { Found } from '../../find-usage.js';
import { asObject } from '../members.js';
import { member } from '../expect.js';
import { isReasoningReference } from './read-reasoning.js';

/** What stands in the form, or says what is so anyway; everything else is extra. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'stream', 'stream_options', 'input', 'instructions', 'tools', 'tool_choice', 'parallel_tool_calls', 'max_output_tokens', 'temperature', 'top_p', 'top_logprobs'],
  ...['include', 'text', 'reasoning', 'user', 'safety_identifier', 'store', 'background', 'truncation', 'previous_response_id', 'conversation', 'prompt'],
]);

/** In every answer that has it, or read into the form. */
const INCLUDED_ANYWAY: ReadonlySet<unknown> = new Set(['message.output_text.logprobs', 'reasoning.encrypted_content']);

export function extrasOf(body: Found): Record<string, unknown> {
  const others = Object.entries(body).filter(([name, value]) => !KNOWN.has(name) && value !== null && value !== undefined);
  return Object.fromEntries([...others, ...remainders(body).filter(([, value]) => value !== null)]);
}

/** What is left of fields that the form holds in part. */
function remainders(body: Found): [string, unknown][] {
  const include = (Array.isArray(body['include']) ? (body['include'] as unknown[]) : []).filter((each) => !INCLUDED_ANYWAY.has(each));
  const reasoning = asObject(body['reasoning']) ?? {};
  const streamOptions = asObject(body['stream_options']) ?? {};
  const input = Array.isArray(body['input']) ? (body['input'] as unknown[]) : [];
  const references = input.map(asObject).filter((item) => item !== null && isReasoningReference(item));
  return [
    ['item_reference', references.length === 0 ? null : references],
    ['include', include.length === 0 ? null : include],
    // Nothing is stored here, so only the wish to store it goes unheard.
    ['store', body['store'] === true ? true : null],
    ['truncation', body['truncation'] === 'auto' ? 'auto' : null],
    ['stream_options', streamOptions['include_obfuscation'] === true ? streamOptions : null],
    ['safety_identifier', member(body, 'user') === null ? null : member(body, 'safety_identifier')],
    // Chat completions have it by this name.
    ['verbosity', member(asObject(body['text']) ?? {}, 'verbosity')],
    ['reasoning.context', member(reasoning, 'context')],
    ['reasoning.mode', member(reasoning, 'mode')],
  ];
}
