import type { Found } from '../../find-usage.js';
import type { AnswerPart, AssistantMessage, Message, ToolResult, UserMessage } from '../chat-form.js';
import { CallIds } from './call-ids.js';
import { readMedia } from './read-media.js';
import { readResult } from './read-result.js';
import { at, invalid, list, objectAt, textIn, unsupported } from './wire.js';

/** What a part may hold; the rest are marks beside it. */
const KINDS = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse', 'executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse'] as const;
type Kind = (typeof KINDS)[number];

interface Piece {
  kind: Kind;
  part: Found;
  param: string;
}

/**
 * Turns of both sides as messages. Results of calls come first in their turn: that is where everybody else expects them. Neighbouring
 * turns of the model are one: who keeps a stream as it came has one for each piece.
 */
export function readContents(contents: readonly unknown[]): Message[] {
  const ids = new CallIds();
  return turnsOf(contents).flatMap(({ isModel, pieces }) => (isModel ? readModelTurn(pieces, ids) : readUserTurn(pieces, ids)));
}

interface Turn {
  isModel: boolean;
  pieces: Piece[];
}

function turnsOf(contents: readonly unknown[]): Turn[] {
  const turns: Turn[] = [];
  for (const [index, content] of contents.entries()) {
    const turn = objectAt(content, `contents[${index}]`);
    const isModel = isModelRole(at(turn, 'role') ?? 'user', `contents[${index}].role`);
    const pieces = piecesOf(turn, `contents[${index}]`);
    const before = turns.at(-1);
    if (isModel && before?.isModel) before.pieces.push(...pieces);
    else turns.push({ isModel, pieces });
  }
  return turns;
}

function isModelRole(role: unknown, param: string): boolean {
  if (role !== 'model' && role !== 'user' && role !== 'function') throw invalid(param, 'must be "user" or "model"');
  return role === 'model';
}

function piecesOf(turn: Found, param: string): Piece[] {
  return list(at(turn, 'parts')).flatMap((value, index) => {
    const part = objectAt(value, `${param}.parts[${index}]`);
    const kind = KINDS.find((each) => at(part, each) !== undefined);
    if (kind) return [{ kind, part, param: `${param}.parts[${index}]` }];
    // A thought sealed in its signature is a part without data.
    if (at(part, 'thoughtSignature') !== undefined) return [{ kind: 'text' as const, part, param: `${param}.parts[${index}]` }];
    throw invalid(`${param}.parts[${index}]`, 'holds nothing that is known');
  });
}

function readUserTurn(pieces: readonly Piece[], ids: CallIds): Message[] {
  const results: ToolResult[] = [];
  const parts: UserMessage['parts'] = [];
  for (const { kind, part, param } of pieces) {
    if (kind === 'functionResponse') results.push(readResult(objectAt(at(part, kind), `${param}.${kind}`), `${param}.${kind}`, ids));
    else if (kind === 'text') parts.push({ type: 'text', text: textIn(part, 'text', `${param}.text`) ?? '' });
    else if (kind === 'inlineData' || kind === 'fileData') parts.push(readMedia(part, param));
    else throw unsupported(`${param}.${kind}`, `what a tool of Google's did`);
  }
  return [...(results.length === 0 ? [] : [{ role: 'tool' as const, results }]), ...(parts.length === 0 ? [] : [{ role: 'user' as const, parts }])];
}

function readModelTurn(pieces: readonly Piece[], ids: CallIds): AssistantMessage[] {
  const parts: AnswerPart[] = [];
  ids.startTurn();
  for (const { kind, part, param } of pieces) {
    if (kind === 'text') addText(parts, part, param);
    else if (kind === 'functionCall') parts.push(readCall(part, param, ids));
    else throw unsupported(`${param}.${kind}`, kind === 'inlineData' || kind === 'fileData' ? 'media that a model made' : `what a tool of Google's did`);
  }
  return parts.length === 0 ? [] : [{ role: 'assistant', parts }];
}

/** What came as a stream is often given back in the pieces it came in, so neighbours are joined. */
function addText(parts: AnswerPart[], part: Found, param: string): void {
  const text = textIn(part, 'text', `${param}.text`);
  const signature = textIn(part, 'thoughtSignature', `${param}.thoughtSignature`);
  const before = parts.at(-1);
  if (at(part, 'thought') !== true) {
    if (before?.type === 'text') before.text += text ?? '';
    else if (text !== undefined && text !== '') parts.push({ type: 'text', text });
    return;
  }
  if (text === undefined && signature === undefined) return;
  // Without a text, even an empty one, the thought itself is in the signature.
  const proof = signature === undefined ? {} : { signature, ...(text === undefined ? { isSealed: true } : {}) };
  if (before?.type === 'reasoning' && before.signature === undefined) Object.assign(before, { text: before.text + (text ?? '') }, proof);
  else if (text !== '' || signature !== undefined) parts.push({ type: 'reasoning', text: text ?? '', ...proof });
}

function readCall(part: Found, param: string, ids: CallIds): AnswerPart {
  const call = objectAt(at(part, 'functionCall'), `${param}.functionCall`);
  const name = textIn(call, 'name', `${param}.functionCall.name`);
  if (name === undefined) throw invalid(`${param}.functionCall.name`, 'is required');
  const signature = textIn(part, 'thoughtSignature', `${param}.thoughtSignature`);
  const id = ids.ofCall(textIn(call, 'id', `${param}.functionCall.id`), name);
  return { type: 'tool-call', id, name, arguments: JSON.stringify(objectAt(at(call, 'args') ?? {}, `${param}.functionCall.args`)), ...(signature === undefined ? {} : { signature }) };
}
