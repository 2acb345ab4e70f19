import { AppError } from '@byok/kernel';
import type { ChatRequest, Message } from '../chat-form.js';
import { asObject } from '../members.js';
import { onlySet } from '../only-set.js';

/** `version` takes all three forms: `owner/name` of an official model, `owner/name:version`, and a version alone. */
export function writeRequest(request: ChatRequest): { body: object; usedExtras: string[] } {
  const given = asObject(request.extras.input);
  const body = { version: request.model, input: { ...given, ...inputOf(request) }, ...(request.stream ? { stream: true } : {}) };
  return { body, usedExtras: given ? ['input'] : [] };
}

/** A plain answer is waited for as long as Replicate allows; a stream is to begin at once. */
export function requestHeaders(request: ChatRequest): readonly string[] {
  return request.stream ? [] : ['prefer', 'wait=60'];
}

function inputOf(request: ChatRequest): object {
  const { messages, maxTokens, temperature, topP, stop } = request;
  const system = messages.filter(({ role }) => role === 'system').map(textOf).filter((text) => text !== '').join('\n\n');
  return {
    prompt: promptOf(messages.filter(({ role }) => role !== 'system')),
    ...(system === '' ? {} : { system_prompt: system }),
    ...onlySet({ max_tokens: maxTokens, temperature, top_p: topP }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop_sequences: stopSequences(stop) }),
  };
}

/** One question is the prompt itself; a conversation is written out, and the last word is left to the model. */
function promptOf(messages: readonly Message[]): string {
  const [only] = messages;
  if (messages.length === 1 && only!.role === 'user') return textOf(only!);
  const turns = messages.map((message) => `${message.role === 'assistant' ? 'Assistant' : 'User'}: ${textOf(message)}`);
  return [...turns, 'Assistant:'].join('\n\n');
}

function textOf(message: Message): string {
  if (message.role === 'tool') return '';
  return message.parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');
}

/** They travel as one text with commas between, so none may hold one. */
function stopSequences(stop: readonly string[]): string {
  if (stop.some((each) => each.includes(','))) {
    throw new AppError('param_not_supported', 'Replicate cannot be given a stop sequence with a comma in it.', { details: { param: 'stop' } });
  }
  return stop.join(',');
}
