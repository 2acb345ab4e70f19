import type { StreamPart } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import { inner } from '../count.js';
import type { StreamReader } from '../dialect.js';
import { parseObject, textAt } from '../members.js';
import { UNREADABLE, readUntilEnd } from '../wire/read-until-end.js';
import { SseEvents } from '../wire/sse-events.js';
import type { SseEvent } from '../wire/sse-events.js';
import type { Found } from '../../find-usage.js';
import type { Provider } from '../../provider.js';
import { finishReason } from './finish-reason.js';
import { logprobOf } from './logprobs.js';
import { vendorOf } from './read-answer.js';
import { ToolCallStream } from './tool-call-stream.js';
import { metersOfCohere } from './usage.js';

export function streamReader(_provider: Provider, request: ChatRequest): StreamReader {
  const conversation = new CohereStream(request.model);
  return readUntilEnd(new SseEvents(), (event) => conversation.read(event));
}

class CohereStream {
  readonly #model: string;
  readonly #calls = new ToolCallStream();
  readonly #citations: Found[] = [];
  #hasStarted = false;

  constructor(model: string) {
    this.#model = model;
  }

  read({ data }: SseEvent): StreamPart[] {
    if (data === '[DONE]') return [];
    const event = parseObject(data);
    if (!event) return [UNREADABLE];
    const type = textAt(event, 'type') ?? '';
    const parts = this.#event(type, event);
    const isContent = parts.length > 0 && parts[0]!.type !== 'error';
    return isContent || type === 'message-start' ? [...this.#start(event), ...parts] : parts;
  }

  #start(event: Found): StreamPart[] {
    if (this.#hasStarted) return [];
    this.#hasStarted = true;
    return [{ type: 'start', id: textAt(event, 'id') ?? '', model: this.#model, createdAt: null }];
  }

  #event(type: string, event: Found): StreamPart[] {
    const delta = inner(event, 'delta') ?? {};
    const message = inner(delta, 'message') ?? {};
    switch (type) {
      case 'content-start':
      case 'content-delta':
        return contentParts(inner(message, 'content') ?? {}, inner(event, 'logprobs'));
      case 'tool-plan-delta':
        return piece('reasoning', textAt(message, 'tool_plan'));
      case 'tool-call-start':
        return this.#calls.start(event.index, inner(message, 'tool_calls') ?? {});
      case 'tool-call-delta':
        return this.#calls.more(event.index, inner(message, 'tool_calls') ?? {});
      case 'tool-call-end':
        return this.#calls.end(event.index);
      case 'citation-start':
        this.#citations.push(...asList(message.citations));
        return [];
      case 'message-end':
        return this.#end(delta);
      default:
        // An error without a type, as a refusal's body has it; events that came after this was written say nothing here.
        return event.type === undefined && textAt(event, 'message') !== null ? [{ type: 'error', code: null, message: textAt(event, 'message')! }] : [];
    }
  }

  #end(delta: Found): StreamPart[] {
    const problem = textAt(delta, 'error');
    if (problem !== null && problem !== '') return [{ type: 'error', code: textAt(delta, 'finish_reason'), message: problem }];
    const usage = inner(delta, 'usage');
    const meters = usage && metersOfCohere(usage);
    return [
      ...this.#calls.endAll(),
      ...Object.entries(vendorOf(this.#citations, usage)).map(([name, value]): StreamPart => ({ type: 'vendor', name, value })),
      { type: 'finish', choice: 0, reason: finishReason(textAt(delta, 'finish_reason')) },
      ...(meters ? [{ type: 'usage', meters } as const] : []),
      { type: 'end' },
    ];
  }
}

function contentParts(content: Found, logprobs: Found | null): StreamPart[] {
  return [
    ...piece('reasoning', textAt(content, 'thinking')),
    ...piece('text', textAt(content, 'text')),
    ...(logprobs ? [{ type: 'logprobs' as const, choice: 0, content: [logprobOf(logprobs)] }] : []),
  ];
}

function piece(type: 'text' | 'reasoning', text: string | null): StreamPart[] {
  return text === null || text === '' ? [] : [{ type, choice: 0, text }];
}

function asList(value: unknown): Found[] {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((each): each is Found => typeof each === 'object' && each !== null);
}
