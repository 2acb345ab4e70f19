import type { Found } from '../../find-usage.js';
import type { ReasoningPart, ToolCallPart } from '../chat-form.js';
import { objectsAt, textAt } from '../members.js';

/** What OpenRouter calls Gemini's proofs. */
const GOOGLE = 'google-gemini-v1';

/**
 * Reasoning beside a message. Its text stands in `reasoning_content`, as most providers write it. Where it carries a proof or is
 * sealed, all of it stands in `reasoning_details` again, in the shape that OpenRouter uses and clients send back unchanged:
 *
 * - `{type: 'reasoning.text', text, signature?, index}` readable reasoning and its proof (Anthropic's thinking)
 * - `{type: 'reasoning.encrypted', data, summary?, index}` sealed reasoning (redacted_thinking, encrypted_content)
 * - `{type: 'reasoning.summary', summary, index}` is read as well
 *
 * A proof of a tool call (Gemini's thoughtSignature) stands with the call, in `extra_content.google.thought_signature`.
 */
export function writeReasoning(parts: readonly ReasoningPart[]): { reasoning_content?: string; reasoning_details?: object[] } {
  const text = parts.map((part) => part.text).join('');
  return { ...(text === '' ? {} : { reasoning_content: text }), ...writeDetails(parts) };
}

/** Nothing unless a part is signed: plain text needs no second place. Proofs of calls stand here only where the calls do not hold them. */
export function writeDetails(parts: readonly ReasoningPart[], calls: readonly ToolCallPart[] = []): { reasoning_details?: object[] } {
  const proofs = calls.filter(({ signature }) => signature !== undefined);
  const isSigned = proofs.length > 0 || parts.some((part) => part.signature !== undefined);
  return isSigned ? { reasoning_details: [...parts.map(detailOf), ...proofs.map((call, index) => proofOf(call, parts.length + index))] } : {};
}

function detailOf({ text, signature, isSealed }: ReasoningPart, index: number): object {
  if (isSealed) return { type: 'reasoning.encrypted', ...(text === '' ? {} : { summary: text }), data: signature, index };
  return { type: 'reasoning.text', text, ...(signature === undefined ? {} : { signature }), index };
}

function proofOf({ id, signature }: ToolCallPart, index: number): object {
  return { type: 'reasoning.encrypted', id, data: signature, format: GOOGLE, index };
}

/** The details where they are, because they hold more; else the text, under either name. */
export function readReasoning(message: Found): ReasoningPart[] {
  const text = textAt(message, 'reasoning_content') || textAt(message, 'reasoning') || '';
  const details = detailsOf(message);
  if (text === '' || details.some((part) => part.text !== '')) return details;
  return [{ type: 'reasoning', text }, ...details];
}

/** The parts that the details tell. A stream that a client collected has a detail per piece, all with the index of their part. */
export function detailsOf(message: Found): ReasoningPart[] {
  const parts: ReasoningPart[] = [];
  let before: unknown;
  for (const detail of objectsAt(message, 'reasoning_details')) {
    const part = partOf(detail);
    const last = parts.at(-1);
    if (!part) continue;
    if (last && last.signature === undefined && detail['index'] === before) Object.assign(last, { ...part, text: last.text + part.text });
    else parts.push(part);
    before = detail['index'];
  }
  return parts;
}

/** A detail with an id of a tool call is that call's proof. */
export function signaturesOfCalls(message: Found): Map<string, string> {
  const signatures = new Map<string, string>();
  const calls = new Set(objectsAt(message, 'tool_calls').map((call) => textAt(call, 'id')));
  for (const detail of objectsAt(message, 'reasoning_details')) {
    const id = textAt(detail, 'id');
    const data = textAt(detail, 'data');
    if (id !== null && data !== null && calls.has(id)) signatures.set(id, data);
  }
  return signatures;
}

function partOf(detail: Found): ReasoningPart | null {
  const data = textAt(detail, 'data');
  if (detail['type'] === 'reasoning.encrypted') return data === null || isProofOfCall(detail) ? null : { type: 'reasoning', text: textAt(detail, 'summary') ?? '', signature: data, isSealed: true };
  const text = textAt(detail, 'text') ?? textAt(detail, 'summary') ?? '';
  const signature = textAt(detail, 'signature');
  if (text === '' && !signature) return null;
  return { type: 'reasoning', text, ...(signature ? { signature } : {}) };
}

function isProofOfCall(detail: Found): boolean {
  return textAt(detail, 'format') === GOOGLE;
}
