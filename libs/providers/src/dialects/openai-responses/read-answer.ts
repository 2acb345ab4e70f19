import { AppError } from '@byok/kernel';
import type { ChatAnswer } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import { asObject, numberAt, objectsAt, textAt } from '../members.js';
import { metersOfOpenAi } from '../openai-usage.js';
import type { Provider } from '../../provider.js';
import { finishOf } from './read-outcome.js';
import { logprobsOf, readOutput, vendorOf } from './read-output.js';

/** A whole response object. @throws AppError upstream_error */
export function readAnswer(body: unknown, provider: Provider, request: ChatRequest): ChatAnswer {
  const response = asObject(body);
  if (!response || !Array.isArray(response['output'])) throw new AppError('upstream_error', `${provider.name} answered with something that is no response object.`);
  const output = objectsAt(response, 'output');
  const parts = readOutput(output);
  const finish = asObject(response['error']) ? null : finishOf(response, parts.some((part) => part.type === 'tool-call'));
  // Its own words may quote anything, so they stay out of ours.
  if (finish === null) throw new AppError('upstream_error', `${provider.name} could not finish its answer.`);
  const logprobs = logprobsOf(output);
  const usage = asObject(response['usage']);
  return {
    id: textAt(response, 'id') ?? '',
    model: textAt(response, 'model') ?? request.model,
    createdAt: numberAt(response, 'created_at'),
    choices: [{ index: 0, parts, finish, ...(logprobs.length === 0 ? {} : { logprobs: { content: logprobs } }) }],
    meters: usage && metersOfOpenAi(usage, provider.usage),
    vendor: vendorOf(output, usage),
  };
}
