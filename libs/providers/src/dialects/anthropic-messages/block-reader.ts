import type { StreamPart } from '../answer-form.js';
import { asObject, textAt } from '../members.js';

type Found = Record<string, unknown>;

interface Block {
  type: unknown;
  /** Number of the tool call among those of the message; -1 for other blocks and for calls of the tool that carries the answer. */
  tool: number;
  /** `spare`: a second answer, which is not wanted. */
  answer: 'no' | 'yes' | 'spare';
  hasArguments: boolean;
  /** Arguments that came with the start. */
  input: unknown;
  signature: string;
}

/** The content blocks of a streamed message. Their index counts blocks of every kind; tool calls get a count of their own. */
export class BlockReader {
  readonly citations: unknown[] = [];
  /** True when the answer came as the input of the tool asked for. */
  isJson = false;
  readonly #answerTool: string | null;
  readonly #open = new Map<number, Block>();
  #tools = 0;
  /** Text that is an answer only if no answer in JSON follows. */
  #held = '';

  /** @param answerTool the tool whose input is the answer, if there is one */
  constructor(answerTool: string | null) {
    this.#answerTool = answerTool;
  }

  start(index: number, content: Found): StreamPart[] {
    const isCall = content['type'] === 'tool_use';
    const isAnswer = isCall && this.#answerTool !== null && content['name'] === this.#answerTool;
    const block: Block = {
      type: content['type'],
      tool: isCall && !isAnswer ? this.#tools++ : -1,
      answer: !isAnswer ? 'no' : this.isJson ? 'spare' : 'yes',
      hasArguments: false,
      input: content['input'],
      signature: textAt(content, 'signature') ?? '',
    };
    const before = [...this.stop(index), ...(isCall ? this.#releaseText(isAnswer) : [])];
    this.#open.set(index, block);
    return [...before, ...this.#opening(block, content)];
  }

  delta(index: number, delta: Found): StreamPart[] {
    const block = this.#open.get(index);
    if (!block) return [];
    switch (delta['type']) {
      case 'text_delta':
        return this.#text(textAt(delta, 'text') ?? '');
      case 'thinking_delta':
        return reasoning(textAt(delta, 'thinking') ?? '');
      case 'signature_delta':
        block.signature = textAt(delta, 'signature') ?? '';
        return [];
      case 'input_json_delta':
        return block.type === 'tool_use' ? this.#arguments(block, textAt(delta, 'partial_json') ?? '') : [];
      case 'citations_delta':
        this.citations.push(delta['citation']);
        return [];
      default:
        return [];
    }
  }

  stop(index: number): StreamPart[] {
    const block = this.#open.get(index);
    if (!block) return [];
    this.#open.delete(index);
    if (block.type === 'thinking' && block.signature !== '') return [{ type: 'reasoning-signature', choice: 0, signature: block.signature, isSealed: false }];
    // A call without arguments tells none; some relatives tell all of them with the start.
    return block.type === 'tool_use' && !block.hasArguments ? this.#arguments(block, JSON.stringify(asObject(block.input) ?? {})) : [];
  }

  /** The end of the message ends every block. */
  finish(): StreamPart[] {
    return [...[...this.#open.keys()].flatMap((index) => this.stop(index)), ...this.#releaseText(this.isJson)];
  }

  #opening(block: Block, content: Found): StreamPart[] {
    switch (block.type) {
      case 'text':
        if (Array.isArray(content['citations'])) this.citations.push(...(content['citations'] as unknown[]));
        return this.#text(textAt(content, 'text') ?? '');
      case 'thinking':
        return reasoning(textAt(content, 'thinking') ?? '');
      case 'redacted_thinking':
        return [{ type: 'reasoning-signature', choice: 0, signature: textAt(content, 'data') ?? '', isSealed: true }];
      case 'tool_use':
        if (block.answer === 'yes') this.isJson = true;
        return block.answer !== 'no' ? [] : [{ type: 'tool-call', choice: 0, tool: block.tool, id: textAt(content, 'id') ?? '', name: textAt(content, 'name') ?? '' }];
      default:
        return [];
    }
  }

  #text(text: string): StreamPart[] {
    if (text === '' || this.isJson) return [];
    if (this.#answerTool === null) return [{ type: 'text', choice: 0, text }];
    this.#held += text;
    return [];
  }

  #releaseText(isPreface: boolean): StreamPart[] {
    const text = this.#held;
    this.#held = '';
    return text === '' || isPreface ? [] : [{ type: 'text', choice: 0, text }];
  }

  #arguments(block: Block, fragment: string): StreamPart[] {
    if (fragment === '' || block.answer === 'spare') return [];
    block.hasArguments = true;
    return [block.answer === 'yes' ? { type: 'text', choice: 0, text: fragment } : { type: 'tool-arguments', choice: 0, tool: block.tool, fragment }];
  }
}

function reasoning(text: string): StreamPart[] {
  return text === '' ? [] : [{ type: 'reasoning', choice: 0, text }];
}
