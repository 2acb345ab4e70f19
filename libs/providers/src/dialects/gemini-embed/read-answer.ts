import { count, inner } from '../count.js';
import type { EmbeddingUpstreamSide } from '../embeddings-form.js';
import { inputMeters } from '../input-meters.js';
import { asObject, objectsAt } from '../members.js';
import { readVectors } from '../read-vectors.js';

/** It does not repeat the model, and older models tell no usage. */
export const readAnswer: EmbeddingUpstreamSide['readAnswer'] = (body, { model, texts }) => {
  const answer = asObject(body) ?? {};
  const vectors = readVectors(
    objectsAt(answer, 'embeddings').map((each) => each.values),
    texts.length,
  );
  return { model, vectors, meters: inputMeters(count(inner(answer, 'usageMetadata') ?? {}, 'promptTokenCount')) };
};
