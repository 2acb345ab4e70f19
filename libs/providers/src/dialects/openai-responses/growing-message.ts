import type { GrowingItem, ItemPlace, ItemStatus, ResponseEvent } from './response-event.js';

interface TextContent {
  type: 'output_text';
  text: string;
  annotations: unknown[];
  logprobs: unknown[];
}
interface RefusalContent {
  type: 'refusal';
  refusal: string;
}

/** A message of the output: pieces of text and refusals, one after the other. */
export class GrowingMessage implements GrowingItem {
  readonly item: { id: string; type: 'message'; status: ItemStatus; role: 'assistant'; content: (TextContent | RefusalContent)[] };
  readonly #index: number;
  #isPartOpen = false;
  #isClosed = false;

  constructor({ id, index }: ItemPlace) {
    this.item = { id, type: 'message', status: 'in_progress', role: 'assistant', content: [] };
    this.#index = index;
  }

  open(): ResponseEvent[] {
    return [{ type: 'response.output_item.added', output_index: this.#index, item: { ...this.item, content: [] } }];
  }

  say(text: string, logprobs: unknown[]): ResponseEvent[] {
    const events = this.#switchTo('output_text');
    const part = this.item.content.at(-1) as TextContent;
    part.text += text;
    part.logprobs.push(...logprobs);
    return [...events, { type: 'response.output_text.delta', ...this.#place(), delta: text, logprobs }];
  }

  refuse(text: string): ResponseEvent[] {
    const events = this.#switchTo('refusal');
    (this.item.content.at(-1) as RefusalContent).refusal += text;
    return [...events, { type: 'response.refusal.delta', ...this.#place(), delta: text }];
  }

  /** Told late: what is written already stays as it was, and the whole answer has them. */
  addLogprobs(logprobs: unknown[]): void {
    this.item.content.findLast((each) => each.type === 'output_text')?.logprobs.push(...logprobs);
  }

  get isSpeaking(): boolean {
    return this.#isPartOpen && this.item.content.at(-1)?.type === 'output_text';
  }

  close(status: ItemStatus): ResponseEvent[] {
    if (this.#isClosed) return [];
    this.#isClosed = true;
    this.item.status = status;
    return [...this.#closePart(), { type: 'response.output_item.done', output_index: this.#index, item: this.item }];
  }

  #switchTo(type: 'output_text' | 'refusal'): ResponseEvent[] {
    if (this.#isPartOpen && this.item.content.at(-1)?.type === type) return [];
    const closed = this.#closePart();
    this.item.content.push(emptyPart(type));
    this.#isPartOpen = true;
    return [...closed, { type: 'response.content_part.added', ...this.#place(), part: emptyPart(type) }];
  }

  #closePart(): ResponseEvent[] {
    const part = this.item.content.at(-1);
    if (!this.#isPartOpen || !part) return [];
    this.#isPartOpen = false;
    const said: ResponseEvent =
      part.type === 'output_text'
        ? { type: 'response.output_text.done', ...this.#place(), text: part.text, logprobs: part.logprobs }
        : { type: 'response.refusal.done', ...this.#place(), refusal: part.refusal };
    return [said, { type: 'response.content_part.done', ...this.#place(), part }];
  }

  #place() {
    return { item_id: this.item.id, output_index: this.#index, content_index: this.item.content.length - 1 };
  }
}

function emptyPart(type: 'output_text' | 'refusal'): TextContent | RefusalContent {
  return type === 'output_text' ? { type, text: '', annotations: [], logprobs: [] } : { type, refusal: '' };
}
