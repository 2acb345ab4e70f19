import type { StreamPart } from '../answer-form.js';
import { parseObject } from '../members.js';
import type { GrowingItem, ItemPlace, ItemStatus, ResponseEvent } from './response-event.js';

/** A call of a function. */
export class GrowingCall implements GrowingItem {
  readonly item: { id: string; type: 'function_call'; status: ItemStatus; call_id: string; name: string; arguments: string; thought_signature?: string };
  readonly #index: number;
  #isClosed = false;

  constructor({ id, index }: ItemPlace, call: Extract<StreamPart, { type: 'tool-call' }>) {
    this.item = { id, type: 'function_call', status: 'in_progress', call_id: call.id, name: call.name, arguments: '', ...(call.signature === undefined ? {} : { thought_signature: call.signature }) };
    this.#index = index;
  }

  open(): ResponseEvent[] {
    return [{ type: 'response.output_item.added', output_index: this.#index, item: { ...this.item } }];
  }

  add(fragment: string): ResponseEvent[] {
    if (this.#isClosed || fragment === '') return [];
    this.item.arguments += fragment;
    return [{ type: 'response.function_call_arguments.delta', ...this.#place(), delta: fragment }];
  }

  /** True when its arguments are all there, as far as one can see. */
  get isWhole(): boolean {
    return this.item.arguments.trimEnd().endsWith('}') && parseObject(this.item.arguments) !== null;
  }

  close(status: ItemStatus): ResponseEvent[] {
    if (this.#isClosed) return [];
    const missing = this.item.arguments.trim() === '' && status === 'completed' ? this.add('{}') : [];
    this.#isClosed = true;
    this.item.status = status;
    return [
      ...missing,
      { type: 'response.function_call_arguments.done', ...this.#place(), name: this.item.name, arguments: this.item.arguments },
      { type: 'response.output_item.done', output_index: this.#index, item: this.item },
    ];
  }

  #place() {
    return { item_id: this.item.id, output_index: this.#index };
  }
}
