import type { Found } from '../../find-usage.js';
import type { AnswerPart, ReasoningPart } from '../chat-form.js';
import { asObject, objectsAt, textAt } from '../members.js';
import { onlySet } from '../only-set.js';
import { PARAGRAPH, readReasoning } from './read-reasoning.js';

/** What the model said and did. Reasoning items next to each other that carry no seal are one. */
export function readOutput(output: readonly Found[]): AnswerPart[] {
  const parts: AnswerPart[] = [];
  for (const part of output.flatMap(readItem)) {
    const last = parts.at(-1);
    if (part.type === 'reasoning' && last?.type === 'reasoning' && last.signature === undefined) parts[parts.length - 1] = { ...part, text: joined(last, part) };
    else parts.push(part);
  }
  return parts;
}

function joined(before: ReasoningPart, part: ReasoningPart): string {
  return part.text === '' ? before.text : before.text + PARAGRAPH + part.text;
}

function readItem(item: Found): AnswerPart[] {
  switch (item['type']) {
    case 'message':
      return readMessage(item);
    case 'function_call': {
      const said = textAt(item, 'arguments') ?? '';
      return [{ type: 'tool-call', ...callOf(item), arguments: said.trim() === '' ? '{}' : said }];
    }
    case 'reasoning': {
      const reasoning = readReasoning(item);
      return reasoning ? [reasoning] : [];
    }
    default:
      return [];
  }
}

export function callOf(item: Found): { id: string; name: string; signature?: string } {
  return { id: textAt(item, 'call_id') ?? textAt(item, 'id') ?? '', name: textAt(item, 'name') ?? '', ...onlySet({ signature: textAt(item, 'thought_signature') ?? undefined }) };
}

export function readMessage(item: Found): AnswerPart[] {
  return objectsAt(item, 'content').flatMap((part): AnswerPart[] => {
    const text = (part['type'] === 'refusal' ? textAt(part, 'refusal') : part['type'] === 'output_text' ? textAt(part, 'text') : null) ?? '';
    return text === '' ? [] : [{ type: part['type'] === 'refusal' ? 'refusal' : 'text', text }];
  });
}

/** Of all the texts, one after the other. */
export function logprobsOf(output: readonly Found[]): unknown[] {
  return output.filter((item) => item['type'] === 'message').flatMap((item) => objectsAt(item, 'content').flatMap((part) => objectsAt(part, 'logprobs')));
}

const OUR_ITEMS: ReadonlySet<unknown> = new Set(['message', 'function_call', 'reasoning']);

/** What only this provider tells: items of its own tools by their type, annotations of the text, and the price. */
export function vendorOf(output: readonly Found[], usage: Found | null): Record<string, unknown> {
  const byType = new Map<string, unknown[]>();
  for (const item of output) {
    const type = textAt(item, 'type');
    if (type === null || OUR_ITEMS.has(type) || type === '__proto__') continue;
    const { type: _, ...rest } = item;
    byType.set(type, [...(byType.get(type) ?? []), rest]);
  }
  const annotations = output.flatMap((item) => (item['type'] === 'message' ? objectsAt(item, 'content').flatMap((part) => objectsAt(part, 'annotations').map(annotationAsInChat)) : []));
  const cost = asObject(usage?.['cost']) ?? undefined;
  return { ...Object.fromEntries(byType), ...(annotations.length === 0 ? {} : { annotations }), ...onlySet({ cost }) };
}

/** Chat completions have the same, with the members one level deeper. */
function annotationAsInChat(annotation: Found): Found {
  const { type, ...rest } = annotation;
  return typeof type === 'string' ? { type, [type]: rest } : annotation;
}
