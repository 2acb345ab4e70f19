import type { Meters } from '@byok/contracts';
import type { FinishReason, StreamPart } from '../answer-form.js';
import type { AnswerContext, StreamWriter } from '../dialect.js';
import { BlockLine, event } from './block-line.js';
import { stopReasonOf } from './stop-reason.js';
import { messageId } from './write-answer.js';
import { writeUsage } from './write-usage.js';

export function streamWriter(about: AnswerContext): StreamWriter {
  return new MessageStreamWriter(about);
}

/** Writes the events of one message. It can hold one choice; parts of others are left out. */
class MessageStreamWriter implements StreamWriter {
  readonly #about: AnswerContext;
  readonly #blocks = new BlockLine();
  #isStarted = false;
  #finish: { finish: FinishReason; stopSequence?: string } = { finish: 'stop' };
  #meters: Meters | null = null;

  constructor(about: AnswerContext) {
    this.#about = about;
  }

  write(part: StreamPart): string {
    if (part.type === 'error' || part.type === 'vendor' || ('choice' in part && part.choice !== 0)) return '';
    if (part.type === 'start') return this.#start(part.id, part.model);
    return this.#start('', '') + this.#said(part);
  }

  #start(id: string, model: string): string {
    if (this.#isStarted) return '';
    this.#isStarted = true;
    const message = {
      id: messageId(id, this.#about),
      type: 'message',
      role: 'assistant',
      model: model || this.#about.request.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      // Other dialects tell usage at the end; message_delta then says all of it.
      usage: writeUsage(null),
    };
    return event('message_start', { message });
  }

  #said(part: Exclude<StreamPart, { type: 'error' | 'vendor' | 'start' }>): string {
    switch (part.type) {
      case 'text':
      case 'refusal':
        return part.text === '' ? '' : this.#blocks.text(part.text);
      case 'reasoning':
        return part.text === '' ? '' : this.#blocks.thinking(part.text);
      case 'reasoning-signature':
        return part.isSealed ? this.#blocks.redactedThinking(part.signature) : this.#blocks.signature(part.signature);
      case 'tool-call':
        return this.#blocks.tool(part.tool, part.id, part.name);
      case 'tool-arguments':
        return this.#blocks.toolArguments(part.tool, part.fragment);
      case 'finish':
        this.#finish = { finish: part.reason, ...(part.stopSequence === undefined ? {} : { stopSequence: part.stopSequence }) };
        return this.#blocks.finish();
      case 'usage':
        this.#meters = part.meters;
        return '';
      case 'logprobs':
        return '';
      case 'end':
        return this.#blocks.finish() + this.#end();
    }
  }

  #end(): string {
    const delta = { stop_reason: stopReasonOf(this.#finish), stop_sequence: this.#finish.stopSequence ?? null };
    return event('message_delta', { delta, usage: writeUsage(this.#meters) }) + event('message_stop', {});
  }
}
