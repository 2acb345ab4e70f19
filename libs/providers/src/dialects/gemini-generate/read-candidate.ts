import { createHash } from 'node:crypto';
import type { Found } from '../../find-usage.js';
import type { StreamPart } from '../answer-form.js';
import { asObject, objectsAt, textAt } from '../members.js';
import { readLogprobs } from './logprobs.js';

/** What of a candidate is no content; told under Google's own names. */
const VENDOR_FIELDS = ['groundingMetadata', 'citationMetadata', 'urlContextMetadata', 'safetyRatings', 'finishMessage'] as const;
/** Kinds of parts that a conversation in text has no place for: what tools of Google's did, and media. */
const OTHER_PARTS = ['inlineData', 'fileData', 'executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse'] as const;

/** Where calls are counted: their ids must differ within an answer and be the same whether it is streamed or not. */
export interface CallCount {
  responseId: string;
  choice: number;
  calls: number;
}

/** What a candidate, whole or a piece of it, says. Counts its calls in `count`. */
export function readCandidate(candidate: Found, count: CallCount): StreamPart[] {
  const pieces = objectsAt(asObject(candidate['content']) ?? {}, 'parts');
  const logprobs = readLogprobs(asObject(candidate['logprobsResult']) ?? {});
  return [...pieces.flatMap((piece) => readPart(piece, count)), ...(logprobs.length === 0 ? [] : [{ type: 'logprobs', choice: count.choice, content: logprobs } as const])];
}

/** What a candidate tells beside its content. */
export function readAside(candidate: Found): [name: string, value: unknown][] {
  return VENDOR_FIELDS.filter((name) => Object.hasOwn(candidate, name)).map((name) => [name, candidate[name]]);
}

/** The parts of a candidate that a conversation in text has no place for. */
export function otherParts(candidate: Found): Found[] {
  return objectsAt(asObject(candidate['content']) ?? {}, 'parts').filter((piece) => OTHER_PARTS.some((kind) => Object.hasOwn(piece, kind)));
}

function readPart(piece: Found, count: CallCount): StreamPart[] {
  const { choice } = count;
  const call = asObject(piece['functionCall']);
  const signature = textAt(piece, 'thoughtSignature');
  if (call) return readCall(call, signature, count);
  const text = textAt(piece, 'text');
  if (piece['thought'] !== true) return text === null || text === '' ? [] : [{ type: 'text', choice, text }];
  return [
    ...(text === null || text === '' ? [] : [{ type: 'reasoning', choice, text } as const]),
    // Without a text, even an empty one, the thought itself is in the signature.
    ...(signature === null ? [] : [{ type: 'reasoning-signature', choice, signature, isSealed: text === null } as const]),
  ];
}

function readCall(call: Found, signature: string | null, count: CallCount): StreamPart[] {
  const { choice } = count;
  const name = textAt(call, 'name') ?? '';
  const fragment = JSON.stringify(asObject(call['args']) ?? {});
  const given = textAt(call, 'id') ?? '';
  const id = given === '' ? madeId(count, name, fragment) : given;
  const tool = count.calls++;
  return [
    { type: 'tool-call', choice, tool, id, name, ...(signature === null ? {} : { signature }) },
    { type: 'tool-arguments', choice, tool, fragment },
  ];
}

/** Short and of plain letters: some providers take no more, should the conversation go on with them. */
function madeId({ responseId, choice, calls }: CallCount, name: string, args: string): string {
  return `call_${createHash('sha256').update(JSON.stringify([responseId, choice, calls, name, args])).digest('hex').slice(0, 24)}`;
}
