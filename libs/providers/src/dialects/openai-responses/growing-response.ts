import type { Meters } from '@byok/contracts';
import type { FinishReason, StreamPart } from '../answer-form.js';
import type { AnswerContext } from '../dialect.js';
import { GrowingCall } from './growing-call.js';
import { GrowingMessage } from './growing-message.js';
import { GrowingReasoning } from './growing-reasoning.js';
import type { GrowingItem, ItemPlace, ResponseEvent } from './response-event.js';
import { responseId, responseObject, statusOf } from './response-object.js';
import type { ResponseFacts } from './response-object.js';
import { encryptedContent } from './sealed-reasoning.js';
import { writeLogprobs } from './write-logprobs.js';
import { writeUsage } from './write-usage.js';

/** A response while it grows, part by part, and the events that tell of it. This dialect has one choice: the first. */
export class GrowingResponse {
  readonly #about: AnswerContext;
  readonly #items: GrowingItem[] = [];
  readonly #calls = new Map<number, GrowingCall>();
  #facts: ResponseFacts | null = null;
  /** What is being said or thought; calls of functions may be told side by side. */
  #speaking: GrowingMessage | GrowingReasoning | null = null;
  /** The latest message with text in it. */
  #lastText: GrowingMessage | null = null;
  #earlyLogprobs: unknown[] = [];
  #finish: FinishReason = 'stop';
  #meters: Meters | null = null;
  #isOver = false;

  constructor(about: AnswerContext) {
    this.#about = about;
  }

  /** The whole of it, once its end was seen. */
  get whole(): object {
    return responseObject(this.#factsOrNew('', '', null), this.#about, { finish: this.#finish, output: this.#items.map(({ item }) => item), usage: writeUsage(this.#meters) });
  }

  take(part: StreamPart): ResponseEvent[] {
    if (this.#isOver || part.type === 'vendor' || part.type === 'error' || ('choice' in part && part.choice !== 0)) return [];
    const begun = this.#begin(part);
    return [...begun, ...this.#add(part)];
  }

  #begin(part: StreamPart): ResponseEvent[] {
    if (this.#facts) return [];
    this.#facts = part.type === 'start' ? this.#factsOrNew(part.id, part.model, part.createdAt) : this.#factsOrNew('', '', null);
    const response = responseObject(this.#facts, this.#about, { finish: null, output: [], usage: null });
    return [
      { type: 'response.created', response },
      { type: 'response.in_progress', response },
    ];
  }

  #factsOrNew(id: string, model: string, createdAt: number | null): ResponseFacts {
    const { request, now } = this.#about;
    return this.#facts ?? { id: responseId(id, this.#about), model: model === '' ? request.model : model, createdAt: createdAt ?? Math.floor(now / 1000) };
  }

  #add(part: StreamPart): ResponseEvent[] {
    switch (part.type) {
      case 'text':
        return part.text === '' ? [] : this.#say(part.text);
      case 'refusal':
        return part.text === '' ? [] : this.#speak((message) => message.refuse(part.text));
      case 'reasoning':
        return part.text === '' ? [] : this.#think((reasoning) => reasoning.think(part.text));
      case 'reasoning-signature':
        return this.#seal(encryptedContent(part.signature, part.isSealed));
      case 'tool-call':
        return this.#call(part);
      case 'tool-arguments':
        return this.#calls.get(part.tool)?.add(part.fragment) ?? [];
      case 'logprobs':
        return this.#addLogprobs(writeLogprobs(part.content));
      case 'finish':
        this.#finish = part.reason;
        return [];
      case 'usage':
        this.#meters = part.meters;
        return [];
      case 'end':
        return this.#end();
      case 'start':
      case 'vendor':
      case 'error':
        return [];
    }
  }

  #say(text: string): ResponseEvent[] {
    const logprobs = this.#earlyLogprobs;
    this.#earlyLogprobs = [];
    return this.#speak((message) => {
      this.#lastText = message;
      return message.say(text, logprobs);
    });
  }

  #speak(tell: (message: GrowingMessage) => ResponseEvent[]): ResponseEvent[] {
    return this.#with(this.#speaking instanceof GrowingMessage ? this.#speaking : null, () => new GrowingMessage(this.#place('msg')), tell);
  }

  #think(tell: (reasoning: GrowingReasoning) => ResponseEvent[]): ResponseEvent[] {
    return this.#with(this.#speaking instanceof GrowingReasoning ? this.#speaking : null, () => new GrowingReasoning(this.#place('rs')), tell);
  }

  /** The open item, or a new one in place of what was open. */
  #with<Item extends GrowingMessage | GrowingReasoning>(open: Item | null, create: () => Item, tell: (item: Item) => ResponseEvent[]): ResponseEvent[] {
    if (open) return tell(open);
    const closed = [...this.#closeSpeaking(), ...this.#closeWholeCalls()];
    const item = create();
    this.#items.push(item);
    this.#speaking = item;
    return [...closed, ...item.open(), ...tell(item)];
  }

  #seal(sealed: string): ResponseEvent[] {
    const events = this.#think((reasoning) => {
      reasoning.seal(sealed);
      return [];
    });
    return [...events, ...this.#closeSpeaking()];
  }

  #call(part: Extract<StreamPart, { type: 'tool-call' }>): ResponseEvent[] {
    const closed = [...this.#closeSpeaking(), ...this.#closeWholeCalls()];
    const call = new GrowingCall(this.#place('fc'), part);
    this.#items.push(call);
    this.#calls.set(part.tool, call);
    return [...closed, ...call.open()];
  }

  #addLogprobs(logprobs: unknown[]): ResponseEvent[] {
    const message = this.#lastText;
    if (message && message === this.#speaking && message.isSpeaking) return message.say('', logprobs);
    if (message) message.addLogprobs(logprobs);
    else this.#earlyLogprobs.push(...logprobs);
    return [];
  }

  #end(): ResponseEvent[] {
    const status = statusOf(this.#finish);
    const itemStatus = status === 'completed' ? status : 'incomplete';
    const closed = [...this.#closeSpeaking(itemStatus), ...[...this.#calls.values()].flatMap((call) => call.close(itemStatus))];
    this.#isOver = true;
    return [...closed, { type: `response.${status}`, response: this.whole }];
  }

  #closeSpeaking(status: 'completed' | 'incomplete' = 'completed'): ResponseEvent[] {
    const events = this.#speaking?.close(status) ?? [];
    this.#speaking = null;
    return events;
  }

  /** A call whose arguments may go on stays open. */
  #closeWholeCalls(): ResponseEvent[] {
    return [...this.#calls.values()].filter((call) => call.isWhole).flatMap((call) => call.close('completed'));
  }

  #place(prefix: string): ItemPlace {
    const index = this.#items.length;
    return { id: `${prefix}_${this.#factsOrNew('', '', null).id.slice('resp_'.length)}_${index}`, index };
  }
}
