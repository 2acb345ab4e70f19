import type { Found } from '../../find-usage.js';
import type { FinishReason, StreamPart } from '../answer-form.js';
import { metersOfGemini } from '../gemini-usage.js';
import { asObject, objectsAt, secondsOf, textAt } from '../members.js';
import { readFinish } from './finish-reasons.js';
import { otherParts, readAside, readCandidate } from './read-candidate.js';
import type { CallCount } from './read-candidate.js';

interface OpenChoice {
  count: CallCount;
  finish: string | null;
}

/** Reads GenerateContentResponses: the pieces of a stream one after the other, or the only one of a plain answer. */
export class ResponseReader {
  readonly #choices = new Map<number, OpenChoice>();
  readonly #vendor = new Map<string, unknown>();
  readonly #others: Found[] = [];
  readonly #model: string;
  #responseId = '';
  #usage: Found | null = null;
  #isStarted = false;

  constructor(model: string) {
    this.#model = model;
  }

  /** What the response adds. */
  read(response: Found): StreamPart[] {
    const start = this.#start(response);
    this.#usage = asObject(response['usageMetadata']) ?? this.#usage;
    if (isBlocked(response)) {
      this.#vendor.set('promptFeedback', response['promptFeedback']);
      this.#choice(0).finish ??= 'SAFETY';
    }
    return [...start, ...objectsAt(response, 'candidates').flatMap((candidate, position) => this.#candidate(candidate, position))];
  }

  /** True when there was an answer, and every candidate has told why it stopped. */
  get isComplete(): boolean {
    return this.#choices.size > 0 && [...this.#choices.values()].every(({ finish }) => finish !== null);
  }

  get hasChoices(): boolean {
    return this.#choices.size > 0;
  }

  /** What is told when everything has been read. */
  rest(): StreamPart[] {
    const meters = this.#usage ? metersOfGemini(this.#usage) : null;
    if (this.#others.length > 0) this.#vendor.set('parts', this.#others);
    return [
      ...[...this.#vendor].map(([name, value]): StreamPart => ({ type: 'vendor', name, value })),
      ...[...this.#choices].sort(([left], [right]) => left - right).map(([choice, open]): StreamPart => ({ type: 'finish', choice, reason: finishOf(open) })),
      ...(meters ? [{ type: 'usage', meters } as const] : []),
      { type: 'end' },
    ];
  }

  #start(response: Found): StreamPart[] {
    if (this.#isStarted) return [];
    this.#isStarted = true;
    this.#responseId = textAt(response, 'responseId') ?? '';
    return [{ type: 'start', id: this.#responseId, model: textAt(response, 'modelVersion') ?? this.#model, createdAt: secondsOf(textAt(response, 'createTime')) }];
  }

  #choice(index: number): OpenChoice {
    const known = this.#choices.get(index);
    if (known) return known;
    const made = { count: { responseId: this.#responseId, choice: index, calls: 0 }, finish: null };
    this.#choices.set(index, made);
    return made;
  }

  #candidate(candidate: Found, position: number): StreamPart[] {
    const choice = this.#choice(indexOf(candidate, position));
    for (const [name, value] of readAside(candidate)) this.#vendor.set(name, value);
    this.#others.push(...otherParts(candidate));
    choice.finish = textAt(candidate, 'finishReason') ?? choice.finish;
    return readCandidate(candidate, choice.count);
  }
}

/** A plain answer that does not say why it stopped is whole all the same: it is one piece of JSON. */
function finishOf({ finish, count }: OpenChoice): FinishReason {
  return readFinish(finish ?? 'STOP', count.calls > 0);
}

/** True when the prompt was not answered. */
function isBlocked(response: Found): boolean {
  const reason = textAt(asObject(response['promptFeedback']) ?? {}, 'blockReason');
  return reason !== null && reason !== '' && !reason.endsWith('_UNSPECIFIED');
}

function indexOf({ index }: Found, position: number): number {
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 ? index : position;
}
