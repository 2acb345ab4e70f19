import type { ChatRequest, ReasoningWish } from '../chat-form.js';
import { effortOf, nearestEffort } from '../effort.js';
import { onlySet } from '../only-set.js';
import type { Provider } from '../../provider.js';
import type { ResponsesWire } from '../../responses-wire.js';
import { writeAnswerFormat, writeTool, writeToolChoice } from './response-object.js';
import { writeInput } from './write-input.js';

/** Extras that OpenAI takes by the same name. */
const EXTRAS = ['metadata', 'service_tier', 'prompt_cache_key', 'prompt_cache_retention', 'prompt_cache_options', 'safety_identifier', 'truncation', 'store', 'max_tool_calls', 'moderation', 'context_management'];

export function writeRequest(request: ChatRequest, { responsesWire }: Provider): { body: object; usedExtras: string[] } {
  const { extras, logprobs, tools, toolChoice } = request;
  const usedExtras = (responsesWire?.extras ?? EXTRAS).filter((name) => extras[name] !== undefined);
  const { text, response_format, ...verbosity } = writeForm(request, responsesWire);
  const body = {
    model: request.model,
    ...writeInput(request.messages, responsesWire),
    ...onlySet({
      stream: request.stream ? true : undefined,
      tools: tools?.map((tool) => writeTool(tool, false)),
      tool_choice: toolChoice !== undefined && tools ? writeToolChoice(toolChoice) : undefined,
      parallel_tool_calls: tools ? request.parallelToolCalls : undefined,
      max_output_tokens: request.maxTokens,
      temperature: request.temperature,
      top_p: request.topP,
      top_logprobs: logprobs?.top,
      include: logprobs ? ['message.output_text.logprobs'] : undefined,
      reasoning: request.reasoning && writeReasoning(request.reasoning, responsesWire),
      text,
      response_format,
      user: request.user,
    }),
    // Nothing is kept at the provider unless the caller asks for it.
    store: false,
    ...Object.fromEntries(usedExtras.map((name) => [name, extras[name]])),
  };
  return { body, usedExtras: [...usedExtras, ...Object.keys(verbosity)] };
}

/** Form and verbosity of the answer stand in one object, except where a provider wants the form as chat completions have it. */
function writeForm({ answerFormat, extras }: ChatRequest, wire: ResponsesWire | undefined): { text?: object; response_format?: object; verbosity?: unknown } {
  if (wire?.answerFormat === 'response_format') return answerFormat?.type === 'json-schema' ? { response_format: asInChat(writeAnswerFormat(answerFormat)) } : {};
  const { verbosity } = extras;
  const text = { ...(answerFormat ? { format: writeAnswerFormat(answerFormat) } : {}), ...onlySet({ verbosity }) };
  return { ...(Object.keys(text).length === 0 ? {} : { text }), ...onlySet({ verbosity }) };
}

function asInChat(format: object): object {
  const { type, ...schema } = format as { type: string };
  return { type, json_schema: schema };
}

function writeReasoning(wish: ReasoningWish, wire: ResponsesWire | undefined): object | undefined {
  const asked = effortOf(wish);
  const effort = asked !== null && wire?.efforts ? nearestEffort(asked, wire.efforts) : asked;
  const reasoning = { ...(effort === null ? {} : { effort }), ...(wish.isShown && !wire?.hasNoSummary ? { summary: 'auto' } : {}) };
  return Object.keys(reasoning).length === 0 ? undefined : reasoning;
}
