import type { AnswerContext } from '../dialect.js';

export interface AnswerHead {
  id: string;
  object: string;
  created: number;
  model: string;
}

/** What every answer and every piece of one begins with. */
export function answerHead(answer: { id: string; model: string; createdAt: number | null }, about: AnswerContext, object: string): AnswerHead {
  return {
    id: answer.id || `chatcmpl-${about.requestId.replace(/^req_/, '')}`,
    object,
    created: answer.createdAt ?? Math.floor(about.now / 1000),
    model: answer.model || about.request.model,
  };
}
