import type { Found } from '../../find-usage.js';
import type { AnswerFormat, Effort, ReasoningWish } from '../chat-form.js';
import { EFFORTS } from '../effort.js';
import { onlySet } from '../only-set.js';
import { expectObject, expectText, invalid, member, optionalFlag, optionalText } from '../expect.js';

/** `text.format`. */
export function readAnswerFormat(body: Found): AnswerFormat | undefined {
  const text = member(body, 'text');
  const value = text === null ? null : member(expectObject(text, 'text'), 'format');
  if (value === null) return undefined;
  const format = expectObject(value, 'text.format');
  const type = expectText(member(format, 'type'), 'text.format.type');
  if (type === 'text') return { type };
  if (type === 'json_object') return { type: 'json-object' };
  if (type !== 'json_schema') throw invalid('text.format.type', 'must be text, json_object or json_schema');
  return {
    type: 'json-schema',
    name: expectText(member(format, 'name'), 'text.format.name'),
    schema: expectObject(member(format, 'schema') ?? {}, 'text.format.schema'),
    ...onlySet({ description: optionalText(format, 'description', 'text.format.description'), strict: optionalFlag(format, 'strict', 'text.format.strict') }),
  };
}

/** `reasoning`: how much, and whether a summary is wanted. */
export function readReasoningWish(body: Found): ReasoningWish | undefined {
  const value = member(body, 'reasoning');
  if (value === null) return undefined;
  const reasoning = expectObject(value, 'reasoning');
  const summary = member(reasoning, 'summary') ?? member(reasoning, 'generate_summary');
  const wish = onlySet({ effort: readEffort(member(reasoning, 'effort')), isShown: summary === null ? undefined : true });
  return Object.keys(wish).length === 0 ? undefined : wish;
}

function readEffort(value: unknown): Effort | undefined {
  if (value === null) return undefined;
  // One step above the form's highest.
  const known = EFFORTS.find((each) => each === (value === 'max' ? 'xhigh' : value));
  if (known === undefined) throw invalid('reasoning.effort', `must be one of ${EFFORTS.join(', ')}`);
  return known;
}
