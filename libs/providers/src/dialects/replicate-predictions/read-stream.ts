import type { StreamPart } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import type { StreamReader } from '../dialect.js';
import { parseObject, textAt } from '../members.js';
import { UNREADABLE, readUntilEnd } from '../wire/read-until-end.js';
import { SseEvents } from '../wire/sse-events.js';
import type { SseEvent } from '../wire/sse-events.js';
import type { Provider } from '../../provider.js';

/** Text is all that such a stream holds: neither its id nor what it took. */
export function streamReader(_provider: Provider, request: ChatRequest): StreamReader {
  let hasStarted = false;
  return readUntilEnd(new SseEvents(), (event) => {
    const parts = partsOf(event);
    if (hasStarted || parts.length === 0) return parts;
    hasStarted = true;
    return [{ type: 'start', id: '', model: request.model, createdAt: null }, ...parts];
  });
}

function partsOf({ name, data }: SseEvent): StreamPart[] {
  if (name === 'output') return data === '' ? [] : [{ type: 'text', choice: 0, text: data }];
  if (name === 'error') return [{ type: 'error', code: null, message: textAt(parseObject(data) ?? {}, 'detail') ?? data }];
  return name === 'done' ? ending(data) : [];
}

/** `done` comes after a failure, too, and then says why. */
function ending(data: string): StreamPart[] {
  const told = parseObject(data);
  // Half an object is a connection that broke off.
  if (!told) return [UNREADABLE];
  const reason = textAt(told, 'reason');
  if (reason !== null && reason !== '') return [{ type: 'error', code: reason, message: `The prediction did not succeed (${reason}).` }];
  return [{ type: 'finish', choice: 0, reason: 'stop' }, { type: 'end' }];
}
