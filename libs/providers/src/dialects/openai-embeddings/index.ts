import type { EmbeddingCallerSide } from '../embeddings-form.js';
import { readRequest } from './read-request.js';
import { writeAnswer } from './write-answer.js';

export const openAiEmbeddings: EmbeddingCallerSide = { readRequest, writeAnswer };
