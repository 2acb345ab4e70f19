import { chatWire } from '../../chat-wire.js';
import type { ChatWire } from '../../chat-wire.js';
import type { Provider } from '../../provider.js';
import type { ChatRequest } from '../chat-form.js';
import type { WrittenRequest } from '../dialect.js';
import { effortOf } from '../effort.js';
import { onlySet } from '../only-set.js';
import { untranslatable } from '../expect.js';
import { rules } from './rules.js';
import { writeAnswerFormat } from './write-answer-format.js';
import { writeMessages } from './write-messages.js';
import { silencesReasoning, writeReasoningWish } from './write-reasoning-wish.js';
import { writeTools } from './write-tools.js';

/** The request as this provider's chat completions want it. @throws AppError param_not_supported for what excludes each other there */
export function writeRequest(request: ChatRequest, provider: Provider): WrittenRequest {
  const wire = chatWire(provider, request.model);
  const { answerFormat, instruction } = writeAnswerFormat(request, wire);
  if (wire.isToolsOrJson && request.tools && answerFormat) throw untranslatable('response_format', 'An answer in JSON together with tools');
  const hasMarks = rules(provider, request.model).cache_control === 'sent';
  const usedExtras = Object.keys(request.extras).filter((name) => wire.extras?.includes(name));
  const body = {
    model: request.model,
    messages: writeMessages(request.messages, { wire, hasMarks, instruction }),
    ...(request.stream ? { stream: true, ...(provider.usage.streamOptions === 'inject' ? { stream_options: { include_usage: true } } : {}) } : {}),
    ...writeTools(request, wire, hasMarks),
    ...writeSampling(request, wire),
    ...onlySet({ response_format: answerFormat, user: request.user }),
    ...writeReasoningWish(request, wire),
    ...Object.fromEntries(usedExtras.map((name) => [name, request.extras[name]])),
  };
  const isUnthinking = silencesReasoning(request, wire) && (effortOf(request.reasoning ?? {}) ?? 'none') !== 'none';
  return { body, usedExtras, dropped: isUnthinking ? ['reasoning_effort'] : [] };
}

function writeSampling(request: ChatRequest, wire: ChatWire): object {
  const { maxTokens, temperature, seed, logprobs } = request;
  return onlySet({
    [wire.maxTokensField ?? 'max_tokens']: maxTokens,
    temperature: temperature === undefined ? undefined : Math.min(temperature, wire.maxTemperature ?? temperature),
    top_p: request.topP,
    top_k: request.topK,
    stop: request.stop,
    [wire.seedField ?? 'seed']: seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    n: request.n,
    logprobs: logprobs && true,
    top_logprobs: logprobs?.top || undefined,
    logit_bias: request.logitBias,
  });
}
