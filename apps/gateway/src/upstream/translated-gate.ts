import { AppError } from '@byok/kernel';
import type { Provider, TranslatedStream } from '@byok/providers';
import type { StreamGate } from './stream-through.js';

/** Lets a stream pass in the caller's dialect. The stream itself has seen the bytes by then: it is the call's usage tap, too. */
export class TranslatedGate implements StreamGate {
  readonly #stream: TranslatedStream;
  readonly #provider: Provider;
  readonly #redact: (text: string) => string;

  constructor(stream: TranslatedStream, provider: Provider, redact: (text: string) => string) {
    this.#stream = stream;
    this.#provider = provider;
    this.#redact = redact;
  }

  pass(): Buffer {
    return this.#stream.pass();
  }

  rest(): Buffer {
    return this.#stream.rest();
  }

  get failure(): AppError | null {
    const failure = this.#stream.failure;
    return failure && new AppError('upstream_error', `${this.#provider.name} said: ${this.#redact(failure.message)}`, { details: failure.code === null ? {} : { providerCode: this.#redact(failure.code) } });
  }
}
