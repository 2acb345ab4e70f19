import type { Found } from '../../find-usage.js';
import type { StreamPart } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import { objectsAt, textAt } from '../members.js';
import { onlySet } from '../only-set.js';
import { CallReader } from './call-reader.js';
import { finishReason } from './finish-words.js';
import { logprobsOf, stopSequenceOf } from './read-answer.js';
import { readContent } from './read-spoken.js';
import { detailsOf } from './reasoning-details.js';

/** One choice of a stream. */
export class ChoiceReader {
  readonly #index: number;
  readonly #request: ChatRequest;
  readonly #calls: CallReader;
  #hasReasoningText = false;
  #finishWord: string | null = null;
  #stopSequence: string | undefined;

  constructor(index: number, request: ChatRequest, idPrefix: string) {
    this.#index = index;
    this.#request = request;
    this.#calls = new CallReader(index, idPrefix);
  }

  /** What a piece adds. */
  read(choice: Found, delta: Found): StreamPart[] {
    this.#finishWord = textAt(choice, 'finish_reason') || this.#finishWord;
    this.#stopSequence = stopSequenceOf(choice, this.#request) ?? this.#stopSequence;
    const logprobs = logprobsOf(choice);
    return [
      ...this.#reasoning(delta),
      ...this.#content(delta),
      ...this.#calls.read(objectsAt(delta, 'tool_calls')),
      ...(logprobs ? [{ type: 'logprobs' as const, choice: this.#index, content: logprobs }] : []),
    ];
  }

  /** What is told at the end: an answer that names no reason ended in the ordinary way. */
  finish(): StreamPart[] {
    const reason = finishReason(this.#finishWord, this.#calls.hasCalls);
    return [...this.#calls.finish(), { type: 'finish', choice: this.#index, reason, ...onlySet({ stopSequence: this.#stopSequence }) }];
  }

  /** The details repeat the text where there is text; their proofs stand nowhere else. */
  #reasoning(delta: Found): StreamPart[] {
    const text = textAt(delta, 'reasoning_content') || textAt(delta, 'reasoning') || '';
    const details = detailsOf(delta);
    const said = text === '' && !this.#hasReasoningText ? details.map((part) => part.text) : [text];
    if (said.some((each) => each !== '') && text !== '') this.#hasReasoningText = true;
    const parts: StreamPart[] = [];
    for (const each of said) if (each !== '') parts.push({ type: 'reasoning', choice: this.#index, text: each });
    for (const { signature, isSealed } of details) {
      if (signature !== undefined) parts.push({ type: 'reasoning-signature', choice: this.#index, signature, isSealed: isSealed ?? false });
    }
    return parts;
  }

  #content(delta: Found): StreamPart[] {
    const parts: StreamPart[] = [];
    for (const part of readContent(delta['content'])) {
      if (part.type === 'tool-call') continue;
      if (part.text !== '') parts.push({ type: part.type, choice: this.#index, text: part.text });
      if (part.type === 'reasoning' && part.signature !== undefined) parts.push({ type: 'reasoning-signature', choice: this.#index, signature: part.signature, isSealed: part.isSealed ?? false });
    }
    const refusal = textAt(delta, 'refusal');
    return refusal ? [...parts, { type: 'refusal', choice: this.#index, text: refusal }] : parts;
  }
}
