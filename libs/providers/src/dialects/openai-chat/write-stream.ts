import type { StreamPart } from '../answer-form.js';
import type { ReasoningPart } from '../chat-form.js';
import type { AnswerContext, StreamWriter } from '../dialect.js';
import { onlySet } from '../only-set.js';
import { answerHead } from './answer-head.js';
import type { AnswerHead } from './answer-head.js';
import { finishWord } from './finish-words.js';
import { writeDetails } from './reasoning-details.js';
import { writeVendor } from './vendor-members.js';
import { writeProof } from './write-call.js';
import { writeUsage } from './write-usage.js';

export function streamWriter(about: AnswerContext): StreamWriter {
  return new ChunkWriter(about);
}

type ChoicePart = Extract<StreamPart, { choice: number }>;

const OBJECT = 'chat.completion.chunk';

class ChunkWriter implements StreamWriter {
  readonly #about: AnswerContext;
  #head: AnswerHead;
  /** The reasoning of every choice that has begun. */
  readonly #reasoning = new Map<number, ReasoningPart[]>();
  #isFinished = false;

  constructor(about: AnswerContext) {
    this.#about = about;
    this.#head = answerHead({ id: '', model: '', createdAt: null }, about, OBJECT);
  }

  write(part: StreamPart): string {
    if ('choice' in part) return this.#begin(part.choice) + this.#choice(part);
    switch (part.type) {
      case 'start':
        this.#head = answerHead(part, this.#about, OBJECT);
        return this.#begin(0);
      case 'vendor':
        return this.#vendor(part.name, part.value);
      case 'usage':
        return this.#about.request.includeUsage ? this.#chunk([], { usage: writeUsage(part.meters) }) : '';
      case 'end':
        return 'data: [DONE]\n\n';
      case 'error':
        return '';
    }
  }

  /** Clients learn the role from the first piece of a choice. */
  #begin(choice: number): string {
    if (this.#reasoning.has(choice)) return '';
    this.#reasoning.set(choice, []);
    return this.#delta(choice, { role: 'assistant', content: '', refusal: null });
  }

  #choice(part: ChoicePart): string {
    const { choice } = part;
    switch (part.type) {
      case 'text':
        return this.#delta(choice, { content: part.text });
      case 'refusal':
        return this.#delta(choice, { refusal: part.text });
      case 'reasoning':
        this.#think(choice, part.text);
        return this.#delta(choice, { reasoning_content: part.text });
      case 'reasoning-signature':
        this.#sign(choice, part.signature, part.isSealed);
        return '';
      case 'tool-call':
        return this.#delta(choice, { tool_calls: [{ index: part.tool, id: part.id, type: 'function', function: { name: part.name, arguments: '' }, ...writeProof(part.signature) }] });
      case 'tool-arguments':
        return this.#delta(choice, { tool_calls: [{ index: part.tool, function: { arguments: part.fragment } }] });
      case 'logprobs':
        return this.#delta(choice, {}, { logprobs: { content: part.content, refusal: null } });
      case 'finish':
        this.#isFinished = true;
        return this.#details(choice) + this.#delta(choice, {}, { finish_reason: finishWord(part.reason), ...onlySet({ stop_reason: part.stopSequence }) });
    }
  }

  #think(choice: number, text: string): void {
    const parts = this.#reasoning.get(choice) ?? [];
    const last = parts.at(-1);
    if (last && last.signature === undefined) last.text += text;
    else parts.push({ type: 'reasoning', text });
  }

  #sign(choice: number, signature: string, isSealed: boolean): void {
    const parts = this.#reasoning.get(choice) ?? [];
    const open = parts.findLast((part) => part.signature === undefined);
    if (open) Object.assign(open, { signature, isSealed });
    else parts.push({ type: 'reasoning', text: '', signature, isSealed });
  }

  /** Whole and once: clients keep the last of a member that they do not know, so pieces of it would be lost. */
  #details(choice: number): string {
    const details = writeDetails(this.#reasoning.get(choice) ?? []);
    return details.reasoning_details ? this.#delta(choice, details) : '';
  }

  #vendor(name: string, value: unknown): string {
    const { ofAnswer, ofMessage } = writeVendor({ [name]: value });
    if (Object.keys(ofMessage).length > 0) return this.#begin(0) + this.#delta(0, ofMessage);
    if (Object.keys(ofAnswer).length === 0) return '';
    return this.#isFinished ? this.#chunk([], ofAnswer) : this.#begin(0) + this.#delta(0, {}, {}, ofAnswer);
  }

  #delta(index: number, delta: object, ofChoice: object = {}, ofChunk: object = {}): string {
    return this.#chunk([{ index, delta, logprobs: null, finish_reason: null, ...ofChoice }], ofChunk);
  }

  /** Who asked for usage is told with every piece that it comes later. */
  #chunk(choices: object[], ofChunk: object): string {
    return `data: ${JSON.stringify({ ...this.#head, choices, ...(this.#about.request.includeUsage ? { usage: null } : {}), ...ofChunk })}\n\n`;
  }
}
