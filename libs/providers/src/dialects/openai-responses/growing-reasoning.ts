import type { GrowingItem, ItemPlace, ItemStatus, ResponseEvent } from './response-event.js';

/** Reasoning of the output. Whatever of it can be read is told as its summary. */
export class GrowingReasoning implements GrowingItem {
  readonly item: { id: string; type: 'reasoning'; status?: ItemStatus; summary: { type: 'summary_text'; text: string }[]; encrypted_content?: string };
  readonly #index: number;
  #isClosed = false;

  constructor({ id, index }: ItemPlace) {
    this.item = { id, type: 'reasoning', summary: [] };
    this.#index = index;
  }

  open(): ResponseEvent[] {
    return [{ type: 'response.output_item.added', output_index: this.#index, item: { ...this.item, status: 'in_progress', summary: [] } }];
  }

  think(text: string): ResponseEvent[] {
    const begun = this.item.summary[0];
    const part = begun ?? { type: 'summary_text', text: '' };
    const events: ResponseEvent[] = begun ? [] : [{ type: 'response.reasoning_summary_part.added', ...this.#place(), part: { ...part } }];
    if (!begun) this.item.summary.push(part);
    part.text += text;
    return [...events, { type: 'response.reasoning_summary_text.delta', ...this.#place(), delta: text }];
  }

  seal(encryptedContent: string): void {
    this.item.encrypted_content = encryptedContent;
  }

  close(status: ItemStatus): ResponseEvent[] {
    if (this.#isClosed) return [];
    this.#isClosed = true;
    this.item.status = status;
    const part = this.item.summary[0];
    const done: ResponseEvent[] = part
      ? [
          { type: 'response.reasoning_summary_text.done', ...this.#place(), text: part.text },
          { type: 'response.reasoning_summary_part.done', ...this.#place(), part },
        ]
      : [];
    return [...done, { type: 'response.output_item.done', output_index: this.#index, item: this.item }];
  }

  #place() {
    return { item_id: this.item.id, output_index: this.#index, summary_index: 0 };
  }
}
