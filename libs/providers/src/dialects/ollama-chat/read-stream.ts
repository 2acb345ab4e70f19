import type { StreamPart } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import { inner } from '../count.js';
import type { StreamReader } from '../dialect.js';
import { objectsAt, parseObject, secondsOf, textAt } from '../members.js';
import { NdjsonLines } from '../wire/ndjson-lines.js';
import { UNREADABLE, readUntilEnd } from '../wire/read-until-end.js';
import type { Found } from '../../find-usage.js';
import type { Provider } from '../../provider.js';
import { finishReason, logprobOf, metersOf, readCall } from './read-answer.js';

export function streamReader(_provider: Provider, request: ChatRequest): StreamReader {
  const conversation = new OllamaStream(request.model);
  return readUntilEnd(new NdjsonLines(), (line) => conversation.read(line));
}

/** Every line is an answer with the next piece of everything; the last one says `done` and what it took. */
class OllamaStream {
  readonly #model: string;
  #hasStarted = false;
  #calls = 0;

  constructor(model: string) {
    this.#model = model;
  }

  read(line: string): StreamPart[] {
    const answer = parseObject(line);
    if (!answer) return [UNREADABLE];
    const problem = textAt(answer, 'error');
    if (problem !== null) return [{ type: 'error', code: null, message: problem }];
    const parts = [...this.#start(answer), ...this.#content(inner(answer, 'message') ?? {}, answer)];
    return answer.done === true ? [...parts, ...this.#end(answer)] : parts;
  }

  #start(answer: Found): StreamPart[] {
    if (this.#hasStarted) return [];
    this.#hasStarted = true;
    return [{ type: 'start', id: '', model: textAt(answer, 'model') ?? this.#model, createdAt: secondsOf(textAt(answer, 'created_at')) }];
  }

  #content(message: Found, answer: Found): StreamPart[] {
    const logprobs = objectsAt(answer, 'logprobs');
    return [
      ...piece('reasoning', textAt(message, 'thinking')),
      ...piece('text', textAt(message, 'content')),
      ...objectsAt(message, 'tool_calls').flatMap((call) => this.#call(call, answer)),
      ...(logprobs.length === 0 ? [] : [{ type: 'logprobs' as const, choice: 0, content: logprobs.map(logprobOf) }]),
    ];
  }

  /** Calls come whole. */
  #call(call: Found, answer: Found): StreamPart[] {
    const tool = this.#calls;
    this.#calls += 1;
    const { id, name, arguments: fragment } = readCall(call, tool, textAt(answer, 'created_at'));
    return [
      { type: 'tool-call', choice: 0, tool, id, name },
      { type: 'tool-arguments', choice: 0, tool, fragment },
    ];
  }

  #end(answer: Found): StreamPart[] {
    const meters = metersOf(answer);
    return [{ type: 'finish', choice: 0, reason: finishReason(textAt(answer, 'done_reason'), this.#calls > 0) }, ...(meters ? [{ type: 'usage', meters } as const] : []), { type: 'end' }];
  }
}

function piece(type: 'text' | 'reasoning', text: string | null): StreamPart[] {
  return text === null || text === '' ? [] : [{ type, choice: 0, text }];
}
