import { count, inner } from '../count.js';
import type { EmbeddingUpstreamSide } from '../embeddings-form.js';
import { inputMeters } from '../input-meters.js';
import { asObject } from '../members.js';
import { readVectors } from '../read-vectors.js';

/** It does not repeat the model. */
export const readAnswer: EmbeddingUpstreamSide['readAnswer'] = (body, { model, texts }) => {
  const answer = asObject(body) ?? {};
  const meta = inner(answer, 'meta') ?? {};
  const tokens = count(inner(meta, 'billed_units') ?? {}, 'input_tokens') ?? count(inner(meta, 'tokens') ?? {}, 'input_tokens');
  return { model, vectors: readVectors(inner(answer, 'embeddings')?.float, texts.length), meters: inputMeters(tokens) };
};
