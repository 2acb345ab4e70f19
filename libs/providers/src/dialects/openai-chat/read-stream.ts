import type { Meters } from '@byok/contracts';
import type { Found } from '../../find-usage.js';
import type { Provider } from '../../provider.js';
import type { StreamPart } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import type { StreamReader } from '../dialect.js';
import { asObject, numberAt, objectsAt, parseObject, textAt } from '../members.js';
import { readUntilEnd, UNREADABLE } from '../wire/read-until-end.js';
import { SseEvents } from '../wire/sse-events.js';
import type { SseEvent } from '../wire/sse-events.js';
import { ChoiceReader } from './choice-reader.js';
import { createdAt, metersIn } from './read-answer.js';
import { idPrefixOf } from './read-spoken.js';
import { toldError } from './told-error.js';
import { vendorOfAnswer, vendorOfMessage } from './vendor-members.js';

export function streamReader(provider: Provider, request: ChatRequest): StreamReader {
  const chunks = new ChunkReader(provider, request);
  const reader = readUntilEnd<SseEvent>(new SseEvents(), (event) => chunks.read(event));
  return { see: (chunk) => reader.see(chunk), close: () => [...reader.close(), ...chunks.usage()] };
}

/**
 * Finish and usage are told at `[DONE]`, because some providers repeat or correct them until then; of a stream that breaks off, the
 * usage is told when it closes.
 */
class ChunkReader {
  readonly #provider: Provider;
  readonly #request: ChatRequest;
  readonly #choices = new Map<number, ChoiceReader>();
  readonly #toldVendor = new Map<string, string>();
  #waitingVendor: [string, unknown][] = [];
  #head: { id: string; model: string; createdAt: number | null } = { id: '', model: '', createdAt: null };
  #isStarted = false;
  #meters: Meters | null = null;

  constructor(provider: Provider, request: ChatRequest) {
    this.#provider = provider;
    this.#request = request;
  }

  read({ name, data }: SseEvent): StreamPart[] {
    const text = data.trim();
    if (text === '') return [];
    if (text === '[DONE]') return this.#end();
    const chunk = parseObject(text);
    if (!chunk) return [...this.usage(), UNREADABLE];
    const error = toldError(name === 'error' ? { error: chunk } : chunk);
    return error ? [...this.usage(), { type: 'error', ...error }] : this.#chunk(chunk);
  }

  /** What is known of the usage, once. */
  usage(): StreamPart[] {
    const meters = this.#meters;
    this.#meters = null;
    return meters ? [{ type: 'usage', meters }] : [];
  }

  #chunk(chunk: Found): StreamPart[] {
    this.#head = { id: this.#head.id || (textAt(chunk, 'id') ?? ''), model: this.#head.model || (textAt(chunk, 'model') ?? ''), createdAt: this.#head.createdAt ?? createdAt(chunk) };
    this.#meters = metersIn(chunk, this.#provider) ?? this.#meters;
    this.#waitingVendor.push(...vendorOfAnswer(chunk));
    const choices = objectsAt(chunk, 'choices');
    const parts = choices.flatMap((choice, position) => this.#choice(choice, position));
    // Azure's first piece is about the prompt alone and names no answer.
    if (choices.length === 0 && !this.#isStarted) return [];
    return [...this.#start(), ...this.#vendor(), ...parts];
  }

  #choice(choice: Found, position: number): StreamPart[] {
    const index = numberAt(choice, 'index') ?? position;
    const reader = this.#choices.get(index) ?? new ChoiceReader(index, this.#request, idPrefixOf(this.#head.id));
    this.#choices.set(index, reader);
    const delta = asObject(choice['delta']);
    if (delta) this.#waitingVendor.push(...vendorOfMessage(delta));
    return reader.read(choice, delta ?? {});
  }

  #start(): StreamPart[] {
    if (this.#isStarted) return [];
    this.#isStarted = true;
    return [{ type: 'start', ...this.#head, model: this.#head.model || this.#request.model }];
  }

  /** Many repeat the same members in every piece. */
  #vendor(): StreamPart[] {
    const news = this.#waitingVendor.filter(([name, value]) => {
      const written = JSON.stringify(value);
      const isNews = this.#toldVendor.get(name) !== written;
      this.#toldVendor.set(name, written);
      return isNews;
    });
    this.#waitingVendor = [];
    return news.map(([name, value]) => ({ type: 'vendor', name, value }));
  }

  #end(): StreamPart[] {
    if (this.#choices.size === 0) return [...this.usage(), { type: 'error', code: null, message: 'The stream ended without an answer.' }];
    const finished = [...this.#choices.values()].flatMap((choice) => choice.finish());
    return [...finished, ...this.usage(), { type: 'end' }];
  }
}
