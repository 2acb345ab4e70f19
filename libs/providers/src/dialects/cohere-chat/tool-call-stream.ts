import type { StreamPart } from '../answer-form.js';
import { inner } from '../count.js';
import { textAt } from '../members.js';
import type { Found } from '../../find-usage.js';

interface OpenCall {
  tool: number;
  /** What has come of the arguments and may still turn out to be `null`. */
  held: string;
  isHolding: boolean;
}

/** Tool calls on their way. A call without arguments comes as nothing or as `null` and leaves as `{}`. */
export class ToolCallStream {
  readonly #open = new Map<unknown, OpenCall>();
  #started = 0;
  #latest: OpenCall | undefined;

  start(index: unknown, call: Found): StreamPart[] {
    const told = inner(call, 'function') ?? {};
    const before = this.#open.has(index) ? this.end(index) : [];
    const opened = { tool: this.#started, held: '', isHolding: true };
    this.#started += 1;
    this.#open.set(index, opened);
    this.#latest = opened;
    return [...before, { type: 'tool-call', choice: 0, tool: opened.tool, id: textAt(call, 'id') ?? '', name: textAt(told, 'name') ?? '' }, ...take(opened, textAt(told, 'arguments') ?? '')];
  }

  more(index: unknown, call: Found): StreamPart[] {
    const open = this.#open.get(index) ?? this.#latest;
    return open ? take(open, textAt(inner(call, 'function') ?? {}, 'arguments') ?? '') : [];
  }

  end(index: unknown): StreamPart[] {
    const open = this.#open.get(index);
    this.#open.delete(index);
    return open?.isHolding ? [{ type: 'tool-arguments', choice: 0, tool: open.tool, fragment: '{}' }] : [];
  }

  endAll(): StreamPart[] {
    return [...this.#open.keys()].flatMap((index) => this.end(index));
  }
}

function take(call: OpenCall, fragment: string): StreamPart[] {
  if (fragment === '') return [];
  if (!call.isHolding) return [{ type: 'tool-arguments', choice: 0, tool: call.tool, fragment }];
  call.held += fragment;
  if ('null'.startsWith(call.held.trim())) return [];
  call.isHolding = false;
  return [{ type: 'tool-arguments', choice: 0, tool: call.tool, fragment: call.held }];
}
