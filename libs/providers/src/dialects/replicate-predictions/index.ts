import type { UpstreamSide } from '../dialect.js';
import { abandon, followUp } from './follow-up.js';
import { readAnswer } from './read-answer.js';
import { streamReader } from './read-stream.js';
import { rules } from './rules.js';
import { requestHeaders, writeRequest } from './write-request.js';

/** Replicate's predictions, as far as a language model makes them. */
export const replicatePredictions: UpstreamSide = { rules, writeRequest, requestHeaders, followUp, abandon, readAnswer, streamReader };
