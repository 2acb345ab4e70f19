import type { FinishReason } from '../answer-form.js';
import type { AnswerFormat, ChatRequest, Tool, ToolChoice } from '../chat-form.js';
import type { AnswerContext } from '../dialect.js';

/** What is known of an answer when it begins. */
export interface ResponseFacts {
  id: string;
  model: string;
  createdAt: number;
}

/** How an answer stands. */
export interface ResponseState {
  /** null while it is being made. */
  finish: FinishReason | null;
  output: readonly object[];
  usage: object | null;
}

/** Ids of responses begin the same way everywhere. */
export function responseId(id: string, { requestId }: AnswerContext): string {
  return id.startsWith('resp_') ? id : `resp_${(id === '' ? requestId : id).replace(/[^A-Za-z0-9_-]/g, '-')}`;
}

/** The response object, with what it has to repeat of its request. */
export function responseObject({ id, model, createdAt }: ResponseFacts, { request }: AnswerContext, { finish, output, usage }: ResponseState): object {
  return {
    id,
    object: 'response',
    created_at: createdAt,
    ...outcomeOf(finish),
    model,
    output,
    ...echoOf(request),
    usage,
  };
}

/** The status that a finish means here. */
export function statusOf(finish: FinishReason): 'completed' | 'incomplete' | 'failed' {
  if (finish === 'error') return 'failed';
  return finish === 'length' || finish === 'content-filter' ? 'incomplete' : 'completed';
}

function outcomeOf(finish: FinishReason | null): object {
  return {
    status: finish === null ? 'in_progress' : statusOf(finish),
    background: false,
    error: finish === 'error' ? { type: 'server_error', code: 'server_error', message: 'The model could not finish its answer.', param: null } : null,
    incomplete_details: finish === 'length' ? { reason: 'max_output_tokens' } : finish === 'content-filter' ? { reason: 'content_filter' } : null,
  };
}

function echoOf(request: ChatRequest): object {
  const { extras, reasoning, toolChoice } = request;
  return {
    access_programs: null,
    instructions: instructionsOf(request),
    max_output_tokens: request.maxTokens ?? null,
    max_tool_calls: extras['max_tool_calls'] ?? null,
    metadata: extras['metadata'] ?? {},
    parallel_tool_calls: request.parallelToolCalls ?? true,
    previous_response_id: null,
    prompt_cache_key: extras['prompt_cache_key'] ?? null,
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.isShown ? 'auto' : null },
    store: false,
    temperature: request.temperature ?? null,
    text: { format: writeAnswerFormat(request.answerFormat ?? { type: 'text' }), ...(extras['verbosity'] === undefined ? {} : { verbosity: extras['verbosity'] }) },
    tool_choice: writeToolChoice(toolChoice ?? 'auto'),
    tools: (request.tools ?? []).map((tool) => writeTool(tool, null)),
    top_logprobs: request.logprobs?.top ?? 0,
    top_p: request.topP ?? null,
    truncation: extras['truncation'] ?? 'disabled',
  };
}

function instructionsOf({ messages }: ChatRequest): string | null {
  const [first] = messages;
  return first?.role === 'system' ? first.parts.map(({ text }) => text).join('\n\n') : null;
}

export function writeAnswerFormat(format: AnswerFormat): object {
  if (format.type === 'text') return { type: 'text' };
  if (format.type === 'json-object') return { type: 'json_object' };
  const { name, description, schema, strict } = format;
  return { type: 'json_schema', name, ...(description === undefined ? {} : { description }), schema, ...(strict === undefined ? {} : { strict }) };
}

/** Without `strict` this API would take a tool for a strict one, so it is always said. */
export function writeTool({ name, description, parameters, strict }: Tool, unsaid: false | null): object {
  return { type: 'function', name, ...(description === undefined ? {} : { description }), parameters, strict: strict ?? unsaid };
}

export function writeToolChoice(choice: ToolChoice): string | object {
  return typeof choice === 'string' ? choice : { type: 'function', name: choice.name };
}
