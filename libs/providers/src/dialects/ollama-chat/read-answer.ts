import type { Meters } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { ChatAnswer, FinishReason } from '../answer-form.js';
import type { AnswerPart, ChatRequest, ToolCallPart } from '../chat-form.js';
import { count, inner } from '../count.js';
import { asObject, objectsAt, secondsOf, textAt } from '../members.js';
import type { Found } from '../../find-usage.js';
import type { Provider } from '../../provider.js';

export function readAnswer(body: unknown, _provider: Provider, request: ChatRequest): ChatAnswer {
  const answer = asObject(body);
  const message = answer && inner(answer, 'message');
  if (!answer || !message || answer.done !== true) throw new AppError('upstream_error', "The provider's answer is not a whole one of Ollama's chat.");
  const calls = objectsAt(message, 'tool_calls').map((call, index) => readCall(call, index, textAt(answer, 'created_at')));
  const logprobs = objectsAt(answer, 'logprobs');
  return {
    id: '',
    model: textAt(answer, 'model') ?? request.model,
    createdAt: secondsOf(textAt(answer, 'created_at')),
    choices: [
      {
        index: 0,
        parts: [...textPart('reasoning', textAt(message, 'thinking')), ...textPart('text', textAt(message, 'content')), ...calls],
        finish: finishReason(textAt(answer, 'done_reason'), calls.length > 0),
        ...(logprobs.length === 0 ? {} : { logprobs: { content: logprobs.map(logprobOf) } }),
      },
    ],
    meters: metersOf(answer),
    vendor: {},
  };
}

function textPart(type: 'text' | 'reasoning', text: string | null): AnswerPart[] {
  return text === null || text === '' ? [] : [{ type, text }];
}

/** Older servers give calls no ids; the time of the answer keeps one of ours from meeting its twin in a later turn. */
export function readCall(call: Found, index: number, createdAt: string | null): ToolCallPart {
  const told = inner(call, 'function') ?? {};
  const id = textAt(call, 'id') ?? '';
  const ours = ['call', (createdAt ?? '').replace(/\D/g, '').slice(0, 24), index].filter((piece) => piece !== '').join('_');
  return { type: 'tool-call', id: id === '' ? ours : id, name: textAt(told, 'name') ?? '', arguments: JSON.stringify(inner(told, 'arguments') ?? {}) };
}

/** It says "stop" after tool calls, too; `load` and `unload` are answers to empty conversations. */
export function finishReason(reason: string | null, hasCalls: boolean): FinishReason {
  if (reason === 'length') return 'length';
  return hasCalls ? 'tool-calls' : 'stop';
}

/** Counts of zero are left out on the wire; a prompt found in its cache counts in part only. */
export function metersOf(answer: Found): Meters | null {
  const input = count(answer, 'prompt_eval_count');
  const output = count(answer, 'eval_count');
  if (input === null && output === null) return null;
  return { inputUncached: input ?? 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: output ?? 0, reasoning: 0, audioIn: 0, audioOut: 0 };
}

/** In OpenAI's shape, where bytes and alternatives are never missing. */
export function logprobOf(item: Found): object {
  return { ...tokenOf(item), top_logprobs: objectsAt(item, 'top_logprobs').map(tokenOf) };
}

function tokenOf(item: Found): object {
  return { token: textAt(item, 'token') ?? '', logprob: typeof item.logprob === 'number' ? item.logprob : 0, bytes: Array.isArray(item.bytes) ? item.bytes : null };
}
