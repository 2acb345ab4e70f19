import { AppError } from '@byok/kernel';
import type { EmbeddingAnswer, EmbeddingCallerSide, EmbeddingRequest, EmbeddingUpstreamSide } from './dialects/embeddings-form.js';
import { EMBEDDING_CALLERS, EMBEDDING_UPSTREAMS } from './dialects/embeddings-registry.js';
import { DIALECT_OF } from './endpoints.js';
import type { CallEndpoint, UpstreamEndpoint } from './endpoints.js';
import type { Provider } from './provider.js';

export interface EmbeddingsInput {
  /** A JSON object, parsed. */
  body: Record<string, unknown>;
  from: CallEndpoint;
  to: UpstreamEndpoint;
  provider: Provider;
  /** The name the provider knows the model by. */
  model: string;
}

/** A call for embeddings in the provider's dialect, and the way back for what it answers. */
export class EmbeddingsTranslation {
  readonly body: object;
  /** Fields the caller set and the provider cannot be told. */
  readonly dropped: readonly string[];
  readonly #request: EmbeddingRequest & { texts: string[] };
  readonly #caller: EmbeddingCallerSide;
  readonly #upstream: EmbeddingUpstreamSide;

  constructor({ body, provider, model }: EmbeddingsInput, caller: EmbeddingCallerSide, upstream: EmbeddingUpstreamSide) {
    this.#request = { ...withTexts(caller.readRequest(body), provider), model };
    this.#caller = caller;
    this.#upstream = upstream;
    const written = upstream.writeRequest(this.#request, provider);
    this.body = written.body;
    this.dropped = written.dropped;
  }

  /** @throws AppError upstream_error when the answer cannot be understood */
  whole(body: unknown): { body: object; answer: EmbeddingAnswer } {
    const answer = this.#upstream.readAnswer(body, this.#request);
    return { body: this.#caller.writeAnswer(answer, this.#request), answer };
  }
}

/** @throws AppError invalid_request, param_not_supported, dialect_not_supported */
export function translateEmbeddings(input: EmbeddingsInput): EmbeddingsTranslation {
  const caller = EMBEDDING_CALLERS[DIALECT_OF[input.from]];
  const upstream = EMBEDDING_UPSTREAMS[DIALECT_OF[input.to]];
  if (!caller || !upstream) throw new AppError('dialect_not_supported', `${input.provider.name} cannot be asked for embeddings in the dialect of this endpoint.`, { details: { provider: input.provider.id } });
  return new EmbeddingsTranslation(input, caller, upstream);
}

function withTexts(request: EmbeddingRequest, provider: Provider): EmbeddingRequest & { texts: string[] } {
  const { texts } = request;
  if (texts === null) throw new AppError('param_not_supported', `${provider.name} reads texts, not token ids. Send "input" as text.`, { details: { param: 'input' } });
  return { ...request, texts };
}
