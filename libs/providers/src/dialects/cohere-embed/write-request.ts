import type { EmbeddingPurpose, EmbeddingRequest, EmbeddingUpstreamSide } from '../embeddings-form.js';

const INPUT_TYPES: Readonly<Record<EmbeddingPurpose, string>> = {
  query: 'search_query',
  document: 'search_document',
  classification: 'classification',
  clustering: 'clustering',
  similarity: 'clustering',
};
/** Fields of /v2/embed that OpenAI does not have. */
const OWN_FIELDS = ['truncate', 'max_tokens'] as const;

/** POST /v2/embed. `input_type` must be there; documents are what is embedded most. */
export const writeRequest: EmbeddingUpstreamSide['writeRequest'] = (request) => {
  const { model, texts, dimensions, purpose, extras } = request;
  const own = OWN_FIELDS.filter((name) => Object.hasOwn(extras, name));
  const body = {
    model,
    texts,
    input_type: INPUT_TYPES[purpose ?? 'document'],
    embedding_types: ['float'],
    ...(dimensions === undefined ? {} : { output_dimension: dimensions }),
    ...Object.fromEntries(own.map((name) => [name, extras[name]])),
  };
  return { body, dropped: droppedOf(request, own) };
};

function droppedOf({ user, extras }: EmbeddingRequest, used: readonly string[]): string[] {
  return [...(user === undefined ? [] : ['user']), ...Object.keys(extras).filter((name) => !used.includes(name))];
}
