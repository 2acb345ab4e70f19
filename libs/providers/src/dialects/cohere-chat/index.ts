import type { UpstreamSide } from '../dialect.js';
import { readAnswer } from './read-answer.js';
import { streamReader } from './read-stream.js';
import { rules } from './rules.js';
import { writeRequest } from './write-request.js';

/** Cohere's chat, version 2. */
export const cohereChat: UpstreamSide = { rules, writeRequest, readAnswer, streamReader };
