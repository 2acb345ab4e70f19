import type { AnswerFormat, ChatRequest, ReasoningWish, Tool } from '../chat-form.js';
import { onlySet } from '../only-set.js';
import { writeMessages } from './write-messages.js';

/** Cohere's own fields, which callers of other dialects may name in their request, too. */
const OWN_FIELDS = ['documents', 'citation_options', 'safety_mode', 'priority', 'strict_tools', 'thinking'];

export function writeRequest(request: ChatRequest): { body: object; usedExtras: string[] } {
  const own = Object.entries(request.extras).filter(([name]) => OWN_FIELDS.includes(name));
  const body = {
    ...Object.fromEntries(own),
    model: request.model,
    stream: request.stream,
    messages: writeMessages(request.messages),
    ...toolFields(request),
    ...samplingFields(request),
    ...onlySet({ max_tokens: request.maxTokens, stop_sequences: request.stop, logprobs: request.logprobs && true }),
    ...onlySet({ response_format: request.answerFormat && responseFormat(request.answerFormat) }),
    ...thinking(request.reasoning),
  };
  return { body, usedExtras: own.map(([name]) => name) };
}

/** Only "some tool" and "no tool" can be asked for: a tool by name is the only one offered. */
function toolFields({ tools, toolChoice }: ChatRequest): object {
  if (!tools || tools.length === 0) return {};
  const name = typeof toolChoice === 'object' ? toolChoice.name : null;
  const offered = name === null ? tools : tools.filter((tool) => tool.name === name);
  return {
    tools: offered.map(writeTool),
    ...(offered.every(({ strict }) => strict === true) ? { strict_tools: true } : {}),
    ...(toolChoice === 'none' ? { tool_choice: 'NONE' } : {}),
    ...(toolChoice === 'required' || name !== null ? { tool_choice: 'REQUIRED' } : {}),
  };
}

function writeTool({ name, description, parameters }: Tool): object {
  return { type: 'function', function: onlySet({ name, description, parameters }) };
}

/** Numbers beyond Cohere's ranges become the nearest ones inside. */
function samplingFields(request: ChatRequest): object {
  const { temperature, topP, topK, seed, frequencyPenalty, presencePenalty } = request;
  return onlySet({
    temperature: within(temperature, 0, 1),
    p: within(topP, 0.01, 0.99),
    k: within(topK, 0, 500),
    seed,
    frequency_penalty: within(frequencyPenalty, 0, 1),
    presence_penalty: within(presencePenalty, 0, 1),
  });
}

function within(value: number | undefined, least: number, most: number): number | undefined {
  return value === undefined ? undefined : Math.min(most, Math.max(least, value));
}

function responseFormat(format: AnswerFormat): object {
  if (format.type === 'text') return { type: 'text' };
  return { type: 'json_object', ...(format.type === 'json-schema' ? { json_schema: format.schema } : {}) };
}

/** It can be told whether to think and for how many tokens; how hard has no words. */
function thinking(wish: ReasoningWish | undefined): object {
  if (wish?.effort === 'none' || wish?.budget === 0) return { thinking: { type: 'disabled' } };
  if (wish?.budget !== undefined) return { thinking: { type: 'enabled', token_budget: wish.budget } };
  return wish?.effort === undefined ? {} : { thinking: { type: 'enabled' } };
}
