import { metersOfAnthropic, mergeAnthropicUsage } from '../anthropic-usage.js';
import type { StreamPart } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import { inner } from '../count.js';
import type { StreamReader } from '../dialect.js';
import { numberAt, parseObject, textAt } from '../members.js';
import type { Provider } from '../../provider.js';
import { UNREADABLE, readUntilEnd } from '../wire/read-until-end.js';
import { SseEvents } from '../wire/sse-events.js';
import type { SseEvent } from '../wire/sse-events.js';
import { BlockReader } from './block-reader.js';
import { jsonMeans } from './json-answer.js';
import { finishOf } from './stop-reason.js';

type Found = Record<string, unknown>;

export function streamReader(_provider: Provider, request: ChatRequest): StreamReader {
  const message = new MessageReader(request);
  const reader = readUntilEnd(new SseEvents(), (event) => message.read(event));
  let isOver = false;

  function noted(parts: StreamPart[]): StreamPart[] {
    isOver ||= parts.some(({ type }) => type === 'end' || type === 'error');
    return parts;
  }

  function close(): StreamPart[] {
    const parts = noted(reader.close());
    return isOver ? parts : [...parts, ...message.lastWords()];
  }

  return { see: (chunk) => noted(reader.see(chunk)), close };
}

/** One message, event by event. */
class MessageReader {
  readonly #model: string;
  readonly #blocks: BlockReader;
  #isStarted = false;
  #startUsage: Found | null = null;
  #deltaUsage: Found | null = null;
  #stopReason: unknown = null;
  #stopSequence: string | null = null;

  constructor(request: ChatRequest) {
    const means = jsonMeans(request);
    this.#model = request.model;
    this.#blocks = new BlockReader(means.by === 'tool' ? means.name : null);
  }

  read({ data }: SseEvent): StreamPart[] {
    // Some relatives end with OpenAI's last word; message_stop is what counts.
    if (data === '' || data === '[DONE]') return [];
    const event = parseObject(data);
    if (!event) return this.#failed(UNREADABLE);
    switch (event['type']) {
      case 'message_start':
        return this.#start(inner(event, 'message') ?? {});
      case 'content_block_start':
        return [...this.#start({}), ...this.#blocks.start(indexOf(event), inner(event, 'content_block') ?? {})];
      case 'content_block_delta':
        return this.#blocks.delta(indexOf(event), inner(event, 'delta') ?? {});
      case 'content_block_stop':
        return this.#blocks.stop(indexOf(event));
      case 'message_delta':
        return this.#delta(event);
      case 'message_stop':
        return [...this.#start({}), ...this.#stop()];
      case 'error':
        return this.#failed(errorOf(event));
      default:
        return [];
    }
  }

  /** Usage of a stream that broke off behind its last word on usage. */
  lastWords(): StreamPart[] {
    return this.#deltaUsage ? this.#usage() : [];
  }

  #start(message: Found): StreamPart[] {
    if (this.#isStarted) return [];
    this.#isStarted = true;
    this.#startUsage = inner(message, 'usage');
    return [{ type: 'start', id: textAt(message, 'id') ?? '', model: textAt(message, 'model') ?? this.#model, createdAt: null }];
  }

  /** There may be several; each tells the whole so far. */
  #delta(event: Found): StreamPart[] {
    const delta = inner(event, 'delta') ?? {};
    this.#stopReason = delta['stop_reason'] ?? this.#stopReason;
    this.#stopSequence = textAt(delta, 'stop_sequence') ?? this.#stopSequence;
    this.#deltaUsage = mergeAnthropicUsage(this.#deltaUsage, inner(event, 'usage'));
    return [];
  }

  #stop(): StreamPart[] {
    const last = this.#blocks.finish();
    const finish = finishOf(this.#stopReason);
    const citations = this.#blocks.citations;
    return [
      ...last,
      ...(citations.length > 0 ? [{ type: 'vendor', name: 'citations', value: citations } as const] : []),
      {
        type: 'finish',
        choice: 0,
        reason: this.#blocks.isJson && finish === 'tool-calls' ? 'stop' : finish,
        ...(this.#stopSequence === null ? {} : { stopSequence: this.#stopSequence }),
      },
      ...this.#usage(),
      { type: 'end' },
    ];
  }

  #failed(error: StreamPart): StreamPart[] {
    return [...this.lastWords(), error];
  }

  #usage(): StreamPart[] {
    const usage = mergeAnthropicUsage(this.#startUsage, this.#deltaUsage);
    const meters = usage ? metersOfAnthropic(usage) : null;
    return meters ? [{ type: 'usage', meters }] : [];
  }
}

function indexOf(event: Found): number {
  return numberAt(event, 'index') ?? -1;
}

function errorOf(event: Found): StreamPart {
  const error = inner(event, 'error') ?? {};
  return { type: 'error', code: textAt(error, 'type'), message: textAt(error, 'message') ?? 'The provider ended its stream with an error.' };
}
