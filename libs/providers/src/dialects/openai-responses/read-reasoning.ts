import type { Found } from '../../find-usage.js';
import type { ReasoningPart } from '../chat-form.js';
import { objectsAt, textAt } from '../members.js';
import { readEncryptedContent } from './sealed-reasoning.js';

/** Between two parts of a summary. */
export const PARAGRAPH = '\n\n';

/** A reasoning item of a request or an answer; null when it holds nothing. */
export function readReasoning(item: Found): ReasoningPart | null {
  const text = textsOf(item, 'summary') || textsOf(item, 'content');
  const encrypted = textAt(item, 'encrypted_content');
  if (encrypted === null || encrypted === '') return text === '' ? null : { type: 'reasoning', text };
  const { signature, isSealed } = readEncryptedContent(encrypted);
  return { type: 'reasoning', text, signature, ...(isSealed ? { isSealed } : {}) };
}

/**
 * Reasoning that is named only by its id: some clients say so of whatever they think was stored. It was not, and unlike something said
 * it can be missed; who has to have it sends the item.
 */
export function isReasoningReference(item: Found): boolean {
  return item['type'] === 'item_reference' && (textAt(item, 'id')?.startsWith('rs_') ?? false);
}

function textsOf(item: Found, field: 'summary' | 'content'): string {
  return objectsAt(item, field)
    .map((part) => textAt(part, 'text') ?? '')
    .filter((text) => text !== '')
    .join(PARAGRAPH);
}
