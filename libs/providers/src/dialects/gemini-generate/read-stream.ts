import type { Found } from '../../find-usage.js';
import type { Provider } from '../../provider.js';
import type { StreamPart } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import type { StreamReader } from '../dialect.js';
import { asObject, objectsAt, parseObject, textAt } from '../members.js';
import { UNREADABLE } from '../wire/read-until-end.js';
import { SseEvents } from '../wire/sse-events.js';
import type { SseEvent } from '../wire/sse-events.js';
import { ResponseReader } from './response-reader.js';

/** There is no last word in this dialect: a stream is whole when it closes and every candidate has its reason. */
export function streamReader(_provider: Provider, request: ChatRequest): StreamReader {
  return new GeminiStreamReader(request.model);
}

class GeminiStreamReader implements StreamReader {
  readonly #events = new SseEvents();
  readonly #responses: ResponseReader;
  #isOver = false;

  constructor(model: string) {
    this.#responses = new ResponseReader(model);
  }

  see(chunk: Uint8Array): StreamPart[] {
    return this.#isOver ? [] : this.#read(() => this.#events.see(chunk));
  }

  close(): StreamPart[] {
    const parts = this.#isOver ? [] : this.#read(() => this.#events.close());
    if (this.#isOver) return parts;
    this.#isOver = true;
    return this.#responses.isComplete ? [...parts, ...this.#responses.rest()] : parts;
  }

  #read(cut: () => SseEvent[]): StreamPart[] {
    const parts: StreamPart[] = [];
    for (const data of dataOf(cut)) {
      const part = this.#readEvent(data);
      parts.push(...part);
      this.#isOver = part.some(({ type }) => type === 'error');
      if (this.#isOver) break;
    }
    return parts;
  }

  #readEvent(data: string | null): StreamPart[] {
    // Proxies that speak OpenAI's dialect as well put their last word here, too.
    if (data === '[DONE]') return [];
    const response = data === null ? null : parseObject(data);
    const error = response ? asObject(response['error']) : errorInList(data ?? '');
    if (error) return [errorOf(error)];
    return response ? this.#responses.read(response) : [UNREADABLE];
  }
}

/** null for what cannot be cut into events. */
function dataOf(cut: () => SseEvent[]): (string | null)[] {
  try {
    return cut().map(({ data }) => data);
  } catch {
    // An event beyond all measure.
    return [null];
  }
}

/** Google's cloud has been seen to wrap an error into a list. */
function errorInList(data: string): Found | null {
  return asObject(objectsAt(parseObject(`{"list":${data}}`) ?? {}, 'list')[0]?.['error']);
}

function errorOf(error: Found): StreamPart {
  const { code } = error;
  return { type: 'error', code: textAt(error, 'status') ?? (typeof code === 'number' ? String(code) : null), message: textAt(error, 'message') ?? 'The provider broke off its answer.' };
}
