import type { Meters } from '@byok/contracts';
import type { StreamPart } from '../answer-form.js';
import type { AnswerContext, StreamWriter } from '../dialect.js';
import { writeFinish } from './finish-reasons.js';
import { writeLogprobs } from './logprobs.js';
import type { GeminiPart } from './wire.js';
import { MALFORMED_CALL, writeCall, writeSealed, writeThought } from './write-answer.js';
import { writeUsage } from './write-usage.js';

interface OpenCall {
  tool: number;
  id: string;
  name: string;
  arguments: string;
  signature?: string;
}

/** Events that are whole GenerateContentResponses. A call is told when it is complete; reasons and usage come in the last event. */
export function streamWriter(about: AnswerContext): StreamWriter {
  const writer = new GeminiStreamWriter(about);
  return { write: (part) => writer.write(part) };
}

class GeminiStreamWriter {
  #id: string;
  #model: string;
  /** By choice, in the order in which they began. */
  readonly #calls = new Map<number, OpenCall[]>();
  readonly #finishes = new Map<number, string>();
  readonly #broken = new Set<number>();
  #meters: Meters | null = null;

  constructor(about: AnswerContext) {
    this.#id = about.requestId;
    this.#model = about.request.model;
  }

  write(part: StreamPart): string {
    switch (part.type) {
      case 'start':
        if (part.id !== '') this.#id = part.id;
        if (part.model !== '') this.#model = part.model;
        return '';
      case 'text':
      case 'refusal':
        return part.text === '' ? '' : this.#say(part.choice, { text: part.text });
      case 'reasoning':
        return part.text === '' ? '' : this.#say(part.choice, writeThought(part.text, undefined));
      case 'reasoning-signature':
        return this.#say(part.choice, part.isSealed ? writeSealed(part.signature) : writeThought('', part.signature));
      case 'logprobs':
        return this.#flush(part.choice) + this.#event({ candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, index: part.choice, logprobsResult: writeLogprobs(part.content) }] });
      case 'tool-call':
      case 'tool-arguments':
        return this.#call(part);
      case 'finish':
        this.#finishes.set(part.choice, writeFinish(part.reason));
        return this.#flush(part.choice);
      case 'usage':
        this.#meters = part.meters;
        return '';
      case 'end':
        return this.#end();
      case 'vendor':
      case 'error':
        return '';
    }
  }

  #call(part: Extract<StreamPart, { type: 'tool-call' | 'tool-arguments' }>): string {
    const open = this.#calls.get(part.choice) ?? [];
    this.#calls.set(part.choice, open);
    if (part.type === 'tool-arguments') {
      const call = open.find(({ tool }) => tool === part.tool);
      if (call) call.arguments += part.fragment;
      return '';
    }
    open.push({ tool: part.tool, id: part.id, name: part.name, arguments: '', ...(part.signature === undefined ? {} : { signature: part.signature }) });
    return '';
  }

  #say(choice: number, part: GeminiPart): string {
    return this.#flush(choice) + this.#event({ candidates: [{ content: { parts: [part], role: 'model' }, index: choice }] });
  }

  /** Calls that something else follows are complete; fragments of parallel ones may come in turns until then. */
  #flush(choice: number): string {
    const open = this.#calls.get(choice);
    if (!open) return '';
    this.#calls.delete(choice);
    const parts = open.map(writeCall);
    if (parts.includes(null)) this.#broken.add(choice);
    const whole = parts.filter((part) => part !== null);
    return whole.length === 0 ? '' : this.#event({ candidates: [{ content: { parts: whole, role: 'model' }, index: choice }] });
  }

  #end(): string {
    const open = [...this.#calls.keys()].map((choice) => this.#flush(choice)).join('');
    const candidates = [...this.#finishes].map(([index, reason]) => ({ content: { parts: [{ text: '' }], role: 'model' }, finishReason: this.#broken.has(index) ? MALFORMED_CALL : reason, index }));
    return open + this.#event({ candidates, ...(this.#meters ? { usageMetadata: writeUsage(this.#meters) } : {}) });
  }

  #event(response: object): string {
    return `data: ${JSON.stringify({ ...response, modelVersion: this.#model, responseId: this.#id })}\n\n`;
  }
}
