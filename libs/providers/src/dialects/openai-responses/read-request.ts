import type { Found } from '../../find-usage.js';
import type { ChatRequest, Message } from '../chat-form.js';
import { onlySet } from '../only-set.js';
import { expectList, expectText, invalid, member, optionalFlag, optionalNumber, optionalText } from '../expect.js';
import { extrasOf } from './read-extras.js';
import { readInput } from './read-input.js';
import { readAnswerFormat, readReasoningWish } from './read-wishes.js';
import { readTools } from './read-tools.js';
import { onlyAtResponses } from './refuse.js';

/** A Responses request. @throws AppError invalid_request, param_not_supported */
export function readRequest(body: Found): ChatRequest {
  refuseWhatIsKeptElsewhere(body);
  return {
    model: optionalText(body, 'model') ?? '',
    stream: optionalFlag(body, 'stream') ?? false,
    messages: readMessages(body),
    ...readTools(body),
    ...onlySet({
      parallelToolCalls: optionalFlag(body, 'parallel_tool_calls'),
      maxTokens: optionalNumber(body, 'max_output_tokens'),
      temperature: optionalNumber(body, 'temperature'),
      topP: optionalNumber(body, 'top_p'),
      logprobs: readLogprobs(body),
      answerFormat: readAnswerFormat(body),
      reasoning: readReasoningWish(body),
      user: optionalText(body, 'user') ?? optionalText(body, 'safety_identifier'),
    }),
    extras: extrasOf(body),
  };
}

function refuseWhatIsKeptElsewhere(body: Found): void {
  if (member(body, 'previous_response_id') !== null) throw onlyAtResponses('previous_response_id', 'The earlier response is kept by the provider that gave it', 'Send the whole conversation as "input"');
  if (member(body, 'conversation') !== null) throw onlyAtResponses('conversation', 'The conversation is kept by the provider it was begun at', 'Send the whole conversation as "input"');
  if (member(body, 'prompt') !== null) throw onlyAtResponses('prompt', 'The prompt template is kept by the provider it was made at', 'Send its text as "instructions" and "input"');
  if (optionalFlag(body, 'background') === true) throw onlyAtResponses('background', 'An answer made in the background is kept by the provider');
}

function readMessages(body: Found): Message[] {
  const instructions = optionalText(body, 'instructions');
  const input = member(body, 'input');
  if (input === null) throw invalid('input', 'must be a string or a list of items');
  const messages = readInput(input);
  return instructions === undefined || instructions === '' ? messages : [{ role: 'system', parts: [{ type: 'text', text: instructions }] }, ...messages];
}

/** They are asked for by either field; a number alone asks as well. */
function readLogprobs(body: Found): { top: number } | undefined {
  const top = optionalNumber(body, 'top_logprobs');
  const included = member(body, 'include') === null ? [] : expectList(member(body, 'include'), 'include').map((each) => expectText(each, 'include'));
  return (top ?? 0) > 0 || included.includes('message.output_text.logprobs') ? { top: top ?? 0 } : undefined;
}
