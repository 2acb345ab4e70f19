import type { EmbeddingUpstreamSide } from '../embeddings-form.js';
import { readAnswer } from './read-answer.js';
import { writeRequest } from './write-request.js';

export const geminiEmbed: EmbeddingUpstreamSide = { writeRequest, readAnswer };
