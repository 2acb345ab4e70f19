import type { ChatAnswer } from '../answer-form.js';
import type { AnswerContext } from '../dialect.js';
import { partsOfAnswer } from '../parts-of-answer.js';
import { GrowingResponse } from './growing-response.js';

/** The same response object that the last event of a stream would carry. */
export function writeAnswer(answer: ChatAnswer, about: AnswerContext): object {
  const response = new GrowingResponse(about);
  for (const part of partsOfAnswer(answer)) response.take(part);
  return response.whole;
}
