import type { Dialect } from '../endpoints.js';
import { cohereEmbed } from './cohere-embed/index.js';
import type { EmbeddingCallerSide, EmbeddingUpstreamSide } from './embeddings-form.js';
import { geminiEmbed } from './gemini-embed/index.js';
import { openAiEmbeddings } from './openai-embeddings/index.js';

/** Embeddings dialects that callers may speak; a new one is one line. */
export const EMBEDDING_CALLERS: Readonly<Partial<Record<Dialect, EmbeddingCallerSide>>> = {
  'openai-embeddings': openAiEmbeddings,
};

/** Embeddings dialects in which we can ask a provider on behalf of callers of another one; a new one is one line. */
export const EMBEDDING_UPSTREAMS: Readonly<Partial<Record<Dialect, EmbeddingUpstreamSide>>> = {
  'cohere-embed': cohereEmbed,
  'gemini-embed': geminiEmbed,
};
