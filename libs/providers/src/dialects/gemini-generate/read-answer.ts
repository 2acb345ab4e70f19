import { AppError } from '@byok/kernel';
import type { Provider } from '../../provider.js';
import type { ChatAnswer } from '../answer-form.js';
import { assembleAnswer } from '../assemble-answer.js';
import type { ChatRequest } from '../chat-form.js';
import { asObject } from '../members.js';
import { ResponseReader } from './response-reader.js';

/** A GenerateContentResponse, read as the only piece of a stream. @throws AppError upstream_error */
export function readAnswer(body: unknown, provider: Provider, request: ChatRequest): ChatAnswer {
  const response = asObject(body);
  const reader = new ResponseReader(request.model);
  const parts = response && response['error'] === undefined ? reader.read(response) : [];
  if (!reader.hasChoices) throw new AppError('upstream_error', `${provider.name} gave no answer that can be understood.`);
  return assembleAnswer([...parts, ...reader.rest()]);
}
