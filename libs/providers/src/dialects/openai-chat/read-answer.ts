import { AppError } from '@byok/kernel';
import type { Meters } from '@byok/contracts';
import type { Found } from '../../find-usage.js';
import type { Provider } from '../../provider.js';
import { scrubKeyShapes } from '../../scrub-key-shapes.js';
import type { ChatAnswer, Choice } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import { asObject, numberAt, objectsAt, textAt } from '../members.js';
import { metersOfOpenAi } from '../openai-usage.js';
import { onlySet } from '../only-set.js';
import { finishReason } from './finish-words.js';
import { idPrefixOf, readSpoken } from './read-spoken.js';
import { toldError } from './told-error.js';
import { vendorOfAnswer, vendorOfMessage } from './vendor-members.js';

/** @throws AppError upstream_error when it is no chat completion */
export function readAnswer(body: unknown, provider: Provider, request: ChatRequest): ChatAnswer {
  const answer = asObject(body);
  const error = answer && toldError(answer);
  if (error) throw new AppError('upstream_error', `${provider.name} sent an error as its answer.`, { cause: new Error(scrubKeyShapes(error.message)) });
  const choices = answer ? objectsAt(answer, 'choices') : [];
  if (!answer || choices.length === 0 || !choices.every((choice) => asObject(choice['message']))) {
    throw new AppError('upstream_error', `The answer of ${provider.name} is no chat completion.`);
  }
  const id = textAt(answer, 'id') ?? '';
  const first = asObject(choices[0]?.['message']) ?? {};
  return {
    id,
    model: textAt(answer, 'model') || request.model,
    createdAt: createdAt(answer),
    choices: choices.map((choice, position) => readChoice(choice, position, { id, request })),
    meters: metersIn(answer, provider),
    vendor: Object.fromEntries([...vendorOfAnswer(answer), ...vendorOfMessage(first)]),
  };
}

function readChoice(choice: Found, position: number, { id, request }: { id: string; request: ChatRequest }): Choice {
  const parts = readSpoken(asObject(choice['message']) ?? {}, idPrefixOf(id));
  const logprobs = logprobsOf(choice);
  return {
    index: numberAt(choice, 'index') ?? position,
    parts,
    finish: finishReason(choice['finish_reason'], parts.some((part) => part.type === 'tool-call')),
    ...onlySet({ stopSequence: stopSequenceOf(choice, request), logprobs: logprobs && { content: logprobs } }),
  };
}

/** Seconds; zero is how some say that they do not know. */
export function createdAt(answer: Found): number | null {
  return Math.floor(numberAt(answer, 'created') ?? 0) || null;
}

/** Servers like vLLM name the sequence; the word means other things elsewhere. */
export function stopSequenceOf(choice: Found, request: ChatRequest): string | undefined {
  const reason = textAt(choice, 'stop_reason');
  return reason !== null && request.stop?.includes(reason) ? reason : undefined;
}

export function logprobsOf(choice: Found): unknown[] | undefined {
  const content = asObject(choice['logprobs'])?.['content'];
  return Array.isArray(content) && content.length > 0 ? content : undefined;
}

/** Groq puts the usage of a stream into `x_groq`, Moonshot into the choice. */
export function metersIn(body: Found, provider: Provider): Meters | null {
  const places = [body['usage'], asObject(body['x_groq'])?.['usage'], ...objectsAt(body, 'choices').map((choice) => choice['usage'])];
  for (const place of places) {
    const usage = asObject(place);
    const meters = usage && metersOfOpenAi(usage, provider.usage);
    if (meters) return meters;
  }
  return null;
}
