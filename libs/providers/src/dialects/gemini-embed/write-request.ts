import type { EmbeddingPurpose, EmbeddingUpstreamSide } from '../embeddings-form.js';

const TASK_TYPES: Readonly<Record<EmbeddingPurpose, string>> = {
  query: 'RETRIEVAL_QUERY',
  document: 'RETRIEVAL_DOCUMENT',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
  similarity: 'SEMANTIC_SIMILARITY',
};

/** The body of models/…:batchEmbedContents, in which every text names the model again. */
export const writeRequest: EmbeddingUpstreamSide['writeRequest'] = ({ model, texts, dimensions, purpose, user, extras }) => {
  const same = {
    ...(purpose === undefined ? {} : { taskType: TASK_TYPES[purpose] }),
    ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
  };
  const requests = texts.map((text) => ({ model: `models/${model}`, content: { role: 'user', parts: [{ text }] }, ...same }));
  return { body: { requests }, dropped: [...(user === undefined ? [] : ['user']), ...Object.keys(extras)] };
};
