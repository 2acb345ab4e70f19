import type { AnswerContext, StreamWriter } from '../dialect.js';
import { GrowingResponse } from './growing-response.js';
import type { ResponseEvent } from './response-event.js';

/** Events are numbered from 0; each is named twice, on its `event:` line and in its data. */
export function streamWriter(about: AnswerContext): StreamWriter {
  const response = new GrowingResponse(about);
  let sequence = 0;
  const line = ({ type, ...members }: ResponseEvent) => `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...members })}\n\n`;
  return { write: (part) => response.take(part).map(line).join('') };
}
