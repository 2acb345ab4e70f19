import type { Found } from '../../find-usage.js';
import type { StreamPart } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import { asObject, numberAt, objectsAt, textAt } from '../members.js';
import { metersOfOpenAi } from '../openai-usage.js';
import type { Provider } from '../../provider.js';
import { ItemReader } from './item-reader.js';
import { complaintOf, finishOf } from './read-outcome.js';
import { logprobsOf, vendorOf } from './read-output.js';

/** Reads the events of a response, one after the other. */
export class ResponseEvents {
  readonly #provider: Provider;
  readonly #request: ChatRequest;
  readonly #items = new ItemReader();
  #hasStarted = false;

  constructor(provider: Provider, request: ChatRequest) {
    this.#provider = provider;
    this.#request = request;
  }

  read(event: Found, name: string): StreamPart[] {
    const type = textAt(event, 'type') ?? name;
    const response = asObject(event['response']);
    switch (type) {
      case 'response.failed':
      case 'response.cancelled':
      case 'error':
        return [{ type: 'error', ...complaintOf(event) }];
      case 'response.created':
      case 'response.in_progress':
        return this.#start(response);
      case 'response.completed':
      case 'response.incomplete':
        return [...this.#start(response), ...this.#end(response ?? {}, type)];
      default: {
        const parts = this.#items.read(type, event);
        return parts.length === 0 ? [] : [...this.#start(null), ...parts];
      }
    }
  }

  #start(response: Found | null): StreamPart[] {
    if (this.#hasStarted) return [];
    this.#hasStarted = true;
    const facts = response ?? {};
    return [{ type: 'start', id: textAt(facts, 'id') ?? '', model: textAt(facts, 'model') ?? this.#request.model, createdAt: numberAt(facts, 'created_at') }];
  }

  #end(response: Found, type: string): StreamPart[] {
    const stated = objectsAt(response, 'output');
    // An answer told in the last event alone.
    const parts = this.#items.hasRead ? [] : stated.flatMap((item, index) => this.#items.read('response.output_item.done', { output_index: index, item }));
    const output = stated.length === 0 ? this.#items.done : stated;
    const usage = asObject(response['usage']);
    const meters = usage && metersOfOpenAi(usage, this.#provider.usage);
    const finish = finishOf({ status: type.slice('response.'.length), ...response }, this.#items.hasCalls);
    if (finish === null) return [{ type: 'error', ...complaintOf({ response }) }];
    // Where none came beside the text, the last word may have them.
    const logprobs = this.#items.hasLogprobs ? [] : logprobsOf(output);
    return [
      ...parts,
      ...(logprobs.length === 0 ? [] : [{ type: 'logprobs', choice: 0, content: logprobs } as const]),
      ...Object.entries(vendorOf(output, usage)).map(([name, value]): StreamPart => ({ type: 'vendor', name, value })),
      { type: 'finish', choice: 0, reason: finish },
      ...(meters ? [{ type: 'usage', meters } as const] : []),
      { type: 'end' },
    ];
  }
}
