import type { Meters } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { Abandonment, AnswerContext, CallerSide, FollowUp, StreamReader, StreamWriter, UpstreamSide } from './dialects/dialect.js';
import type { ChatAnswer, StreamPart } from './dialects/answer-form.js';
import type { ChatRequest } from './dialects/chat-form.js';
import { applyFieldRules } from './dialects/field-rules.js';
import { partsOfAnswer } from './dialects/parts-of-answer.js';
import { isTooDeep } from './dialects/nesting.js';
import { CALLERS, UPSTREAMS } from './dialects/registry.js';
import { DIALECT_OF, EMBEDDING_ENDPOINTS } from './endpoints.js';
import type { CallEndpoint, UpstreamEndpoint } from './endpoints.js';
import type { Provider } from './provider.js';
import { translateEmbeddings } from './translate-embeddings.js';
import type { TapResult, UsageTap } from './usage-tap.js';

/** A call whose provider speaks another dialect than the caller. */
export interface TranslationInput {
  /** A JSON object, checked already. */
  body: Buffer;
  from: CallEndpoint;
  to: UpstreamEndpoint;
  provider: Provider;
  /** The name the provider knows the model by. */
  model: string;
  stream: boolean;
  /** Caps the answer where the caller does not; in tokens. */
  maxOutputTokens?: number | undefined;
  requestId: string;
  /** Milliseconds since 1970. */
  now: number;
}

/** The same call in the provider's dialect, and the way back for what it answers. */
export interface Translation {
  readonly body: Buffer;
  /** Fields the caller set and the provider cannot be told. */
  readonly dropped: readonly string[];
  /** Headers that only this request needs, as a flat raw array. */
  readonly headers?: readonly string[];
  /** Where a provider answers in more than one step: what to ask next, null when this is the final answer. @throws AppError upstream_error */
  followUp?(answer: Buffer): FollowUp | null;
  /** The same when the answer has gone by as a stream that did not tell what it took. @throws AppError upstream_error */
  followUpForUsage?(answer: Buffer): FollowUp | null;
  /** What the final answer took. @throws AppError upstream_error */
  metersOf?(answer: Buffer): Meters | null;
  /** What calls off the work that this answer speaks of; null when there is none. Never throws. */
  abandon?(answer: Buffer): Abandonment | null;
  /** @throws AppError upstream_error when the answer cannot be understood */
  whole(answer: Buffer): TranslatedWhole;
  stream(): TranslatedStream;
}

/** A plain answer in the caller's dialect, or its whole stream where the caller asked for one; at the same time it is what counts it. */
export class TranslatedWhole implements UsageTap {
  constructor(
    readonly body: Buffer,
    readonly isStream: boolean,
    readonly answer: Pick<ChatAnswer, 'meters'>,
  ) {}

  see(): void {}

  end(): TapResult {
    return { meters: this.answer.meters, sawTerminal: true, events: 0, errorSeen: false };
  }
}

/** @throws AppError invalid_request, param_not_supported, dialect_not_supported */
export function translate(input: TranslationInput): Translation {
  return EMBEDDING_ENDPOINTS.has(input.to) ? translateToEmbeddings(input) : translateChat(input);
}

function translateToEmbeddings(input: TranslationInput): Translation {
  const translation = translateEmbeddings({ ...input, body: JSON.parse(input.body.toString()) as Record<string, unknown> });
  return {
    body: Buffer.from(JSON.stringify(translation.body)),
    dropped: translation.dropped,
    whole: (answer) => {
      const { body, answer: read } = translation.whole(parse(answer));
      return new TranslatedWhole(Buffer.from(JSON.stringify(body)), false, read);
    },
    stream: () => {
      throw new AppError('upstream_error', 'The provider answered with a stream where there is none to expect.');
    },
  };
}

function translateChat(input: TranslationInput): Translation {
  const caller = CALLERS[DIALECT_OF[input.from]];
  const upstream = UPSTREAMS[DIALECT_OF[input.to]];
  if (!caller || !upstream) throw new AppError('dialect_not_supported', `${input.provider.name} cannot be asked in the dialect of this endpoint.`, { details: { provider: input.provider.id } });
  return new ChatTranslation(input, caller, upstream);
}

class ChatTranslation implements Translation {
  readonly body: Buffer;
  readonly dropped: readonly string[];
  readonly headers: readonly string[];
  readonly followUp?: (answer: Buffer) => FollowUp | null;
  readonly followUpForUsage?: (answer: Buffer) => FollowUp | null;
  readonly metersOf?: (answer: Buffer) => Meters | null;
  readonly abandon?: (answer: Buffer) => Abandonment | null;
  readonly #input: TranslationInput;
  readonly #upstream: UpstreamSide;
  readonly #caller: CallerSide;
  readonly #request: ChatRequest;
  readonly #about: AnswerContext;

  constructor(input: TranslationInput, caller: CallerSide, upstream: UpstreamSide) {
    const read = caller.readRequest(JSON.parse(input.body.toString()) as Record<string, unknown>);
    const asked: ChatRequest = { ...(input.maxOutputTokens === undefined ? {} : { maxTokens: input.maxOutputTokens }), ...read, model: input.model, stream: input.stream };
    const { request, dropped } = applyFieldRules(asked, upstream.rules(input.provider, input.model), input.provider.name);
    const { body, usedExtras, dropped: displaced = [] } = upstream.writeRequest(request, input.provider);
    this.body = Buffer.from(JSON.stringify(body));
    this.dropped = [...dropped, ...displaced, ...Object.keys(request.extras).filter((name) => !usedExtras.includes(name))];
    this.#input = input;
    this.#caller = caller;
    this.#upstream = upstream;
    this.#request = request;
    this.#about = { request: asked, requestId: input.requestId, now: input.now };
    this.headers = upstream.requestHeaders?.(request) ?? [];
    if (upstream.followUp) {
      this.followUp = (answer) => upstream.followUp!(parse(answer), request);
      this.followUpForUsage = (answer) => upstream.followUp!(parse(answer), { ...request, stream: false });
      this.metersOf = (answer) => upstream.readAnswer(parse(answer), input.provider, request).meters;
    }
    if (upstream.abandon) this.abandon = (answer) => upstream.abandon!(parsedOrNull(answer));
  }

  whole(answer: Buffer): TranslatedWhole {
    const read = this.#upstream.readAnswer(parse(answer), this.#input.provider, this.#request);
    if (!this.#input.stream) return new TranslatedWhole(Buffer.from(JSON.stringify(this.#caller.writeAnswer(read, this.#about))), false, read);
    const writer = this.#caller.streamWriter(this.#about);
    return new TranslatedWhole(Buffer.from(partsOfAnswer(read).map((part) => writer.write(part)).join('')), true, read);
  }

  stream(): TranslatedStream {
    return new TranslatedStream(this.#upstream.streamReader(this.#input.provider, this.#request), this.#caller.streamWriter(this.#about));
  }
}

function parse(answer: Buffer): unknown {
  const text = answer.toString();
  if (isTooDeep(text)) throw new AppError('upstream_error', "The provider's answer nests too deep.");
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the answer, so it is dropped on purpose.
    throw new AppError('upstream_error', "The provider's answer is not JSON.");
  }
}

function parsedOrNull(answer: Buffer): unknown {
  try {
    return JSON.parse(answer.toString());
  } catch {
    // Nothing that can be called off.
    return null;
  }
}

const NOTHING = Buffer.alloc(0);

/** A stream on its way from one dialect to another; at the same time it is what counts the stream. */
export class TranslatedStream implements UsageTap {
  readonly #reader: StreamReader;
  readonly #writer: StreamWriter;
  #text = '';
  #meters: Meters | null = null;
  #events = 0;
  #isComplete = false;
  #isClosed = false;
  #failure: { code: string | null; message: string } | null = null;

  constructor(reader: StreamReader, writer: StreamWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  /** The provider's own complaint inside its stream, after which nothing counts. Its message may quote the key. */
  get failure(): { code: string | null; message: string } | null {
    return this.#failure;
  }

  see(chunk: Uint8Array): void {
    for (const part of this.#reader.see(chunk)) this.#take(part);
  }

  /** What has become of the bytes seen since the last time, in the caller's dialect; whole events. */
  pass(): Buffer {
    if (this.#text === '') return NOTHING;
    const text = this.#text;
    this.#text = '';
    return Buffer.from(text);
  }

  /** What is left at a clean end. */
  rest(): Buffer {
    return this.pass();
  }

  end(): TapResult {
    if (!this.#isClosed) {
      this.#isClosed = true;
      for (const part of this.#reader.close()) this.#take(part);
    }
    return { meters: this.#meters, sawTerminal: this.#isComplete, events: this.#events, errorSeen: this.#failure !== null };
  }

  #take(part: StreamPart): void {
    if (this.#failure || this.#isComplete) return;
    if (part.type === 'error') return void (this.#failure = part);
    if (part.type === 'usage') this.#meters = part.meters;
    if (part.type === 'text' || part.type === 'reasoning' || part.type === 'tool-arguments') this.#events += 1;
    if (part.type === 'end') this.#isComplete = true;
    this.#text += this.#writer.write(part);
  }
}
