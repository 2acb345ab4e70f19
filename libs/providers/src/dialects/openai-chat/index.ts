import type { CallerSide, UpstreamSide } from '../dialect.js';
import { readAnswer } from './read-answer.js';
import { readRequest } from './read-request.js';
import { streamReader } from './read-stream.js';
import { rules } from './rules.js';
import { writeAnswer } from './write-answer.js';
import { writeRequest } from './write-request.js';
import { streamWriter } from './write-stream.js';

/** OpenAI's chat completions, which most providers speak in a variant of their own. */
export const openaiChat: CallerSide & UpstreamSide = { readRequest, writeAnswer, streamWriter, rules, writeRequest, readAnswer, streamReader };
