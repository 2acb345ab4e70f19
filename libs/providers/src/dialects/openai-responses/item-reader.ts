import type { Found } from '../../find-usage.js';
import type { StreamPart } from '../answer-form.js';
import { asObject, numberAt, objectsAt, textAt } from '../members.js';
import { callOf, readMessage } from './read-output.js';
import { PARAGRAPH, readReasoning } from './read-reasoning.js';

/** What was told of an item so far. */
interface SeenItem {
  /** Its number among the calls; null for what is no call. */
  tool: number | null;
  /** Something of its content came already. */
  hasContent: boolean;
  /** The last part of a summary, or kind of reasoning, that came. */
  summary: string | null;
}

/** Reads the events that tell of items. Increments count; what `done` repeats is read only where none came. */
export class ItemReader {
  readonly #items = new Map<number, SeenItem>();
  /** Items as they were when they were done. */
  readonly done: Found[] = [];
  /** Logprobs came beside some text. */
  hasLogprobs = false;
  #calls = 0;
  /** Reasoning was told last, and no seal has closed it. */
  #isThinking = false;

  get hasRead(): boolean {
    return this.#items.size > 0;
  }

  get hasCalls(): boolean {
    return this.#calls > 0;
  }

  read(type: string, event: Found): StreamPart[] {
    switch (type) {
      case 'response.output_item.added':
        return this.#open(event);
      case 'response.output_text.delta':
        return this.#text(event);
      case 'response.refusal.delta':
        return this.#said(event, { type: 'refusal', choice: 0, text: textAt(event, 'delta') ?? '' });
      case 'response.reasoning_summary_text.delta':
        return this.#think(event, `summary ${numberAt(event, 'summary_index') ?? 0}`);
      case 'response.reasoning_text.delta':
        return this.#think(event, `content ${numberAt(event, 'content_index') ?? 0}`);
      case 'response.function_call_arguments.delta':
        return this.#arguments(event);
      case 'response.output_item.done':
        return this.#close(event);
      default:
        return [];
    }
  }

  #seen(event: Found): SeenItem {
    const index = numberAt(event, 'output_index') ?? 0;
    const known = this.#items.get(index);
    if (known) return known;
    const item: SeenItem = { tool: null, hasContent: false, summary: null };
    this.#items.set(index, item);
    return item;
  }

  #open(event: Found): StreamPart[] {
    const item = asObject(event['item']);
    const seen = this.#seen(event);
    if (item?.['type'] !== 'function_call' || seen.tool !== null) return [];
    seen.tool = this.#calls++;
    this.#isThinking = false;
    return [{ type: 'tool-call', choice: 0, tool: seen.tool, ...callOf(item) }];
  }

  #said(event: Found, part: Extract<StreamPart, { type: 'text' | 'refusal' }>): StreamPart[] {
    if (part.text === '') return [];
    this.#seen(event).hasContent = true;
    this.#isThinking = false;
    return [part];
  }

  #text(event: Found): StreamPart[] {
    const logprobs = objectsAt(event, 'logprobs');
    const said = this.#said(event, { type: 'text', choice: 0, text: textAt(event, 'delta') ?? '' });
    if (logprobs.length === 0) return said;
    this.hasLogprobs = true;
    return [...said, { type: 'logprobs', choice: 0, content: logprobs }];
  }

  /** A summary says in short what the content says in full: whichever comes first is read. */
  #think(event: Found, at: string): StreamPart[] {
    const text = textAt(event, 'delta') ?? '';
    const seen = this.#seen(event);
    if (text === '' || (seen.summary !== null && seen.summary.split(' ')[0] !== at.split(' ')[0])) return [];
    const isNext = seen.summary === null ? this.#isThinking : seen.summary !== at;
    seen.summary = at;
    seen.hasContent = true;
    this.#isThinking = true;
    return [{ type: 'reasoning', choice: 0, text: isNext ? PARAGRAPH + text : text }];
  }

  #arguments(event: Found): StreamPart[] {
    const fragment = textAt(event, 'delta') ?? '';
    const seen = this.#seen(event);
    if (seen.tool === null || fragment === '') return [];
    seen.hasContent = true;
    return [{ type: 'tool-arguments', choice: 0, tool: seen.tool, fragment }];
  }

  #close(event: Found): StreamPart[] {
    const item = asObject(event['item']);
    if (!item) return [];
    this.done.push(item);
    if (item['type'] === 'function_call') return this.#closeCall(event, item);
    if (item['type'] === 'reasoning') return this.#closeReasoning(event, item);
    return item['type'] === 'message' ? this.#closeMessage(event, item) : (this.#seen(event), []);
  }

  #closeCall(event: Found, item: Found): StreamPart[] {
    const opened = this.#open(event);
    const { tool, hasContent } = this.#seen(event);
    const whole = textAt(item, 'arguments') ?? '';
    return hasContent || tool === null ? opened : [...opened, { type: 'tool-arguments', choice: 0, tool, fragment: whole.trim() === '' ? '{}' : whole }];
  }

  #closeReasoning(event: Found, item: Found): StreamPart[] {
    const reasoning = readReasoning(item);
    if (!reasoning) return [];
    const parts = this.#seen(event).hasContent || reasoning.text === '' ? [] : this.#think({ ...event, delta: reasoning.text }, 'summary 0');
    if (reasoning.signature === undefined) return parts;
    this.#isThinking = false;
    return [...parts, { type: 'reasoning-signature', choice: 0, signature: reasoning.signature, isSealed: reasoning.isSealed ?? false }];
  }

  #closeMessage(event: Found, item: Found): StreamPart[] {
    if (this.#seen(event).hasContent) return [];
    return readMessage(item).flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? this.#said(event, { type: part.type, choice: 0, text: part.text }) : []));
  }
}
