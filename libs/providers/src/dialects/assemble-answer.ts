import type { ChatAnswer, Choice, StreamPart } from './answer-form.js';
import type { AnswerPart, ReasoningPart, ToolCallPart } from './chat-form.js';

/**
 * The whole answer that a stream was. Increments next to each other become one part. A signature belongs to the latest reasoning that
 * has none; a sealed piece with no such reasoning before it stands on its own. Of a vendor member told twice the last word counts.
 */
export function assembleAnswer(parts: readonly StreamPart[]): ChatAnswer {
  const answer: ChatAnswer = { id: '', model: '', createdAt: null, choices: [], meters: null, vendor: {} };
  const choices = new Map<number, GrowingChoice>();
  for (const part of parts) {
    if (part.type === 'start') Object.assign(answer, { id: part.id, model: part.model, createdAt: part.createdAt });
    else if (part.type === 'usage') answer.meters = part.meters;
    else if (part.type === 'vendor') Object.defineProperty(answer.vendor, part.name, { value: part.value, enumerable: true, configurable: true, writable: true });
    else if (part.type !== 'error' && part.type !== 'end') {
      const choice = choices.get(part.choice) ?? new GrowingChoice(part.choice);
      choices.set(part.choice, choice);
      choice.add(part);
    }
  }
  answer.choices = [...choices.values()].map(({ choice }) => choice).sort((a, b) => a.index - b.index);
  return answer;
}

type ChoicePart = Extract<StreamPart, { choice: number }>;

class GrowingChoice {
  readonly choice: Choice;
  readonly #tools = new Map<number, ToolCallPart>();
  readonly #logprobs: unknown[] = [];

  constructor(index: number) {
    this.choice = { index, parts: [], finish: 'stop' };
  }

  add(part: ChoicePart): void {
    switch (part.type) {
      case 'text':
      case 'refusal':
      case 'reasoning':
        return this.#grow(part.type, part.text);
      case 'reasoning-signature':
        return this.#sign(part.signature, part.isSealed);
      case 'tool-call': {
        const call: ToolCallPart = { type: 'tool-call', id: part.id, name: part.name, arguments: '', ...(part.signature === undefined ? {} : { signature: part.signature }) };
        this.#tools.set(part.tool, call);
        this.choice.parts.push(call);
        return;
      }
      case 'tool-arguments': {
        const call = this.#tools.get(part.tool);
        if (call) call.arguments += part.fragment;
        return;
      }
      case 'logprobs':
        this.#logprobs.push(...part.content);
        this.choice.logprobs = { content: this.#logprobs };
        return;
      case 'finish':
        this.choice.finish = part.reason;
        if (part.stopSequence !== undefined) this.choice.stopSequence = part.stopSequence;
    }
  }

  #grow(type: 'text' | 'refusal' | 'reasoning', text: string): void {
    const last: AnswerPart | undefined = this.choice.parts.at(-1);
    if (last?.type === type && !(last.type === 'reasoning' && last.signature !== undefined)) last.text += text;
    else this.choice.parts.push({ type, text });
  }

  #sign(signature: string, isSealed: boolean): void {
    const open = this.choice.parts.findLast((part): part is ReasoningPart => part.type === 'reasoning' && part.signature === undefined);
    const signed: ReasoningPart = open ?? { type: 'reasoning', text: '' };
    if (!open) this.choice.parts.push(signed);
    signed.signature = signature;
    if (isSealed) signed.isSealed = true;
  }
}
