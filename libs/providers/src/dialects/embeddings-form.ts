import type { Meters } from '@byok/contracts';
import type { Provider } from '../provider.js';

/** What text is turned into numbers for; providers that care name it each in their own way. */
export type EmbeddingPurpose = 'query' | 'document' | 'classification' | 'clustering' | 'similarity';

/** Texts to turn into vectors, in nobody's words. */
export interface EmbeddingRequest {
  model: string;
  /** null when the caller sent token ids, which mean something to one vendor's models only. */
  texts: string[] | null;
  dimensions?: number;
  purpose?: EmbeddingPurpose;
  user?: string;
  /** How the caller wants to read the vectors; every provider is asked for plain numbers. */
  encoding: 'float' | 'base64';
  /** What has no place in this form, under the caller's own field names. */
  extras: Record<string, unknown>;
}

export interface EmbeddingAnswer {
  model: string;
  /** In the order of the texts. */
  vectors: number[][];
  /** null when the provider reported none. */
  meters: Meters | null;
}

/** What an embeddings dialect needs to speak to callers. */
export interface EmbeddingCallerSide {
  /** @throws AppError invalid_request with details.param */
  readRequest(body: Record<string, unknown>): EmbeddingRequest;
  writeAnswer(answer: EmbeddingAnswer, request: EmbeddingRequest): object;
}

/** What an embeddings dialect needs to speak to a provider. */
export interface EmbeddingUpstreamSide {
  /** `dropped` names the caller's fields that the provider cannot be told. */
  writeRequest(request: EmbeddingRequest & { texts: string[] }, provider: Provider): { body: object; dropped: string[] };
  /** @throws AppError upstream_error when it is not an answer of this dialect to this request */
  readAnswer(body: unknown, request: EmbeddingRequest & { texts: string[] }): EmbeddingAnswer;
}
