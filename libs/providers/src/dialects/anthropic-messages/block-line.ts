import { parseObject } from '../members.js';

/** A content block of a streamed message that is not closed yet. */
interface Block {
  index: number;
  kind: 'text' | 'thinking' | 'tool';
  /** Number of the tool call; -1 for other kinds. */
  tool: number;
  /** Arguments so far. */
  arguments: string;
  /** Events that wait for the blocks before it. */
  held: string;
}

/**
 * The content blocks of a message, one open at a time as this dialect wants it. A block that begins while a tool call is still
 * being written waits until that one's arguments are whole: other dialects may write several calls side by side.
 */
export class BlockLine {
  readonly #open: Block[] = [];
  #next = 0;
  /** True when the last block takes nothing more. */
  #isEnded = false;

  text(text: string): string {
    return this.#grow('text', { type: 'text', text: '' }, { type: 'text_delta', text });
  }

  thinking(thinking: string): string {
    return this.#grow('thinking', { type: 'thinking', thinking: '', signature: '' }, { type: 'thinking_delta', thinking });
  }

  /** Closes the thinking before it; without any, the provider kept the thinking to itself and shows its proof alone. */
  signature(signature: string): string {
    const events = this.#grow('thinking', { type: 'thinking', thinking: '', signature: '' }, { type: 'signature_delta', signature });
    this.#isEnded = true;
    return events;
  }

  redactedThinking(data: string): string {
    const events = this.#begin('thinking', { type: 'redacted_thinking', data });
    this.#isEnded = true;
    return events;
  }

  tool(tool: number, id: string, name: string): string {
    return this.#begin('tool', { type: 'tool_use', id, name, input: {} }, tool);
  }

  toolArguments(tool: number, fragment: string): string {
    const block = this.#open.find((each) => each.tool === tool);
    // A closed call was whole: what follows can only be white space.
    if (!block || fragment === '') return '';
    block.arguments += fragment;
    return this.#put(block, deltaEvent(block.index, { type: 'input_json_delta', partial_json: fragment })) + this.#advance();
  }

  /** Closes what is open and lets out what waited. */
  finish(): string {
    let events = '';
    for (const block of this.#open.splice(0)) events += block.held + stopEvent(block.index);
    return events;
  }

  #grow(kind: 'text' | 'thinking', start: object, delta: object): string {
    const last = this.#open.at(-1);
    const opening = last?.kind === kind && !this.#isEnded ? '' : this.#begin(kind, start);
    const block = this.#open.at(-1);
    return block ? opening + this.#put(block, deltaEvent(block.index, delta)) : opening;
  }

  #begin(kind: Block['kind'], content: object, tool = -1): string {
    const block: Block = { index: this.#next, kind, tool, arguments: '', held: '' };
    this.#next += 1;
    this.#open.push(block);
    this.#isEnded = false;
    return this.#put(block, event('content_block_start', { index: block.index, content_block: content })) + this.#advance();
  }

  #put(block: Block, text: string): string {
    if (this.#open[0] === block) return text;
    block.held += text;
    return '';
  }

  /** Closes the blocks in front that are whole and have another one behind them. */
  #advance(): string {
    let events = '';
    for (let [first, second] = this.#open; first && second && isWhole(first); [first, second] = this.#open) {
      this.#open.shift();
      events += stopEvent(first.index) + second.held;
      second.held = '';
    }
    return events;
  }
}

function isWhole(block: Block): boolean {
  if (block.kind !== 'tool') return true;
  return block.arguments.trimEnd().endsWith('}') && parseObject(block.arguments) !== null;
}

export function event(type: string, members: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
}

function deltaEvent(index: number, delta: object): string {
  return event('content_block_delta', { index, delta });
}

function stopEvent(index: number): string {
  return event('content_block_stop', { index });
}
