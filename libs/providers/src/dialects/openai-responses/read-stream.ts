import type { ChatRequest } from '../chat-form.js';
import type { StreamReader } from '../dialect.js';
import { parseObject } from '../members.js';
import { UNREADABLE, readUntilEnd } from '../wire/read-until-end.js';
import { SseEvents } from '../wire/sse-events.js';
import type { Provider } from '../../provider.js';
import { ResponseEvents } from './response-events.js';

export function streamReader(provider: Provider, request: ChatRequest): StreamReader {
  const events = new ResponseEvents(provider, request);
  return readUntilEnd(new SseEvents(), ({ name, data }) => {
    // Some put chat's last word behind the last event.
    if (data.trim() === '[DONE]' || data === '') return [];
    const event = parseObject(data);
    return event ? events.read(event, name) : [UNREADABLE];
  });
}
