import type { EmbeddingUpstreamSide } from '../embeddings-form.js';
import { readAnswer } from './read-answer.js';
import { writeRequest } from './write-request.js';

export const cohereEmbed: EmbeddingUpstreamSide = { writeRequest, readAnswer };
