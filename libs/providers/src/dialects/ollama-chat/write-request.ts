import { AppError } from '@byok/kernel';
import type { ChatRequest, ReasoningWish, Tool } from '../chat-form.js';
import { effortOf, nearestEffort } from '../effort.js';
import { asObject } from '../members.js';
import { onlySet } from '../only-set.js';
import { writeMessages } from './write-messages.js';

/** Ollama's own fields, which callers of other dialects may name in their request, too. */
const OWN_FIELDS = ['keep_alive', 'think', 'truncate', 'shift'];
/** Its model options; what the form has a field for is not among them. */
const OWN_OPTIONS = ['num_ctx', 'num_keep', 'num_batch', 'num_gpu', 'main_gpu', 'num_thread', 'use_mmap', 'min_p', 'typical_p', 'repeat_last_n', 'repeat_penalty', 'mirostat', 'mirostat_tau', 'mirostat_eta'];

export function writeRequest(request: ChatRequest): { body: object; usedExtras: string[] } {
  const extras = Object.entries(request.extras);
  const own = extras.filter(([name]) => OWN_FIELDS.includes(name));
  const ownOptions = extras.filter(([name]) => OWN_OPTIONS.includes(name));
  const givenOptions = asObject(request.extras.options);
  const options = { ...givenOptions, ...Object.fromEntries(ownOptions), ...samplingOptions(request) };
  const body = {
    ...Object.fromEntries(own),
    model: request.model,
    // Left out, it would mean true.
    stream: request.stream,
    messages: writeMessages(request.messages),
    ...toolFields(request),
    ...format(request),
    ...(request.logprobs === undefined ? {} : { logprobs: true, ...(request.logprobs.top > 0 ? { top_logprobs: request.logprobs.top } : {}) }),
    ...think(request.model, request.reasoning),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
  return { body, usedExtras: [...own, ...ownOptions].map(([name]) => name).concat(givenOptions ? ['options'] : []) };
}

function samplingOptions(request: ChatRequest): object {
  const { temperature, topP, topK, seed, stop, maxTokens, frequencyPenalty, presencePenalty } = request;
  return onlySet({ temperature, top_p: topP, top_k: topK, seed, stop, num_predict: maxTokens, frequency_penalty: frequencyPenalty, presence_penalty: presencePenalty });
}

/** There is no tool choice: "none" can be had by offering none, and to force a call there is no way. */
function toolFields({ tools, toolChoice }: ChatRequest): object {
  if (!tools || tools.length === 0 || toolChoice === 'none') return {};
  if (toolChoice !== undefined && toolChoice !== 'auto') {
    throw new AppError('param_not_supported', 'Ollama cannot be made to call a tool ("tool_choice"). Leave it out, or choose a model of another provider.', { details: { param: 'tool_choice' } });
  }
  return { tools: tools.map(writeTool) };
}

function writeTool({ name, description, parameters }: Tool): object {
  return { type: 'function', function: onlySet({ name, description, parameters }) };
}

function format({ answerFormat }: ChatRequest): object {
  if (answerFormat?.type === 'json-object') return { format: 'json' };
  return answerFormat?.type === 'json-schema' ? { format: answerFormat.schema } : {};
}

/** gpt-oss takes levels and cannot be switched off; every other model that thinks takes yes or no and refuses levels. */
function think(model: string, wish: ReasoningWish | undefined): object {
  const effort = wish && effortOf(wish);
  if (!effort) return {};
  return { think: /(?:^|\/)gpt-oss/.test(model) ? nearestEffort(effort, ['low', 'medium', 'high']) : effort !== 'none' };
}
