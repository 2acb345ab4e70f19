import type { EmbeddingAnswer, EmbeddingRequest } from '../embeddings-form.js';

export function writeAnswer({ model, vectors, meters }: EmbeddingAnswer, { encoding }: EmbeddingRequest): object {
  const data = vectors.map((vector, index) => ({ object: 'embedding', index, embedding: encoding === 'base64' ? base64Of(vector) : vector }));
  // No usage is better than an invented one.
  const usage = meters && { prompt_tokens: meters.inputUncached, total_tokens: meters.inputUncached };
  return { object: 'list', data, model, ...(usage ? { usage } : {}) };
}

/** Little-endian 32-bit floats, as OpenAI's SDKs decode them. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}
