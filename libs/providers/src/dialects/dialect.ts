import type { ChatAnswer, StreamPart } from './answer-form.js';
import type { ChatRequest } from './chat-form.js';
import type { Field, FieldRules } from './field-rules.js';
import type { Provider } from '../provider.js';

/** What a dialect needs to speak to callers: it reads their request and writes our answer. Pure; bodies are parsed JSON. */
export interface CallerSide {
  /** `model` and `stream` of the result may come from the path; they are set by whoever calls. @throws AppError invalid_request with details.param */
  readRequest(body: Record<string, unknown>): ChatRequest;
  writeAnswer(answer: ChatAnswer, about: AnswerContext): object;
  streamWriter(about: AnswerContext): StreamWriter;
}

/** What an answer may have to repeat of its request. */
export interface AnswerContext {
  request: ChatRequest;
  /** Where an answer needs an id and the provider gave none: `req_…`. */
  requestId: string;
  /** Milliseconds since 1970. */
  now: number;
}

export interface WrittenRequest {
  body: object;
  /** The members of `extras` that were put into the body. */
  usedExtras: string[];
  /** Fields that had no place beside others of this request, whatever the rules say of them alone. */
  dropped?: Field[];
}

/** What a dialect needs to speak to a provider: it writes their request and reads their answer. Pure. */
export interface UpstreamSide {
  /** What becomes of every field at this provider's model; `writeRequest` gets only what may be sent. */
  rules(provider: Provider, model: string): FieldRules;
  writeRequest(request: ChatRequest, provider: Provider): WrittenRequest;
  /** @throws AppError upstream_error when it is not an answer of this dialect, or an error in the clothes of one */
  readAnswer(body: unknown, provider: Provider, request: ChatRequest): ChatAnswer;
  streamReader(provider: Provider, request: ChatRequest): StreamReader;
  /** Headers of the request that depend on what is asked for, as a flat raw array. */
  requestHeaders?(request: ChatRequest): readonly string[];
  /**
   * For a provider that answers in more than one step: what to ask next, given a whole 2xx answer; null when that is the final one.
   * @throws AppError upstream_error when the answer leads away from the provider
   */
  followUp?(body: unknown, request: ChatRequest): FollowUp | null;
  /** What tells such a provider to stop working, given its latest whole answer; null when there is nothing to stop. Never throws. */
  abandon?(body: unknown): Abandonment | null;
}

/** The next request to a provider that answers in more than one step. */
export interface FollowUp {
  method: 'GET';
  /** Checked to lead to the provider. Where an operator moved the provider, the origin is theirs. */
  url: string;
  isStream: boolean;
  /** False where the URL is its own proof: the key has no business there. */
  carriesKey: boolean;
  /** How long to wait before asking. */
  afterMs: number;
}

/** Needs the key, and no body. */
export interface Abandonment {
  method: 'POST';
  url: string;
}

/**
 * Reads a provider's stream. Never throws: what cannot be understood becomes an `error` part. Chunks may be cut anywhere, inside a
 * character too.
 */
export interface StreamReader {
  see(chunk: Uint8Array): StreamPart[];
  /** The connection ended in an orderly way. A stream that broke off gives no `end` part, here or before. */
  close(): StreamPart[];
}

/** Writes a stream in the caller's dialect. */
export interface StreamWriter {
  /** The text to send for a part, whole events only; empty when it says nothing in this dialect. */
  write(part: StreamPart): string;
}
