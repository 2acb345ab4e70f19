import type { CallerSide, UpstreamSide } from '../dialect.js';
import { readAnswer } from './read-answer.js';
import { readRequest } from './read-request.js';
import { streamReader } from './read-stream.js';
import { rules } from './rules.js';
import { writeAnswer } from './write-answer.js';
import { writeRequest } from './write-request.js';
import { streamWriter } from './write-stream.js';

export const openaiResponses: CallerSide & UpstreamSide = { readRequest, writeAnswer, streamWriter, rules, writeRequest, readAnswer, streamReader };
