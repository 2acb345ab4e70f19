import type { Answer, Json } from './admin-client.js';

export const HELLO = [{ role: 'user', content: 'Hello from a story.' }];

export interface GatewayCall {
  gatewayUrl: string;
  token?: string;
  path?: string;
  /** An object is sent as JSON, a string as it is. */
  body: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** One POST to the gateway without any SDK, answered whole, whatever the status. */
export async function callGateway(call: GatewayCall): Promise<Answer> {
  const response = await fetch(`${call.gatewayUrl}${call.path ?? '/v1/chat/completions'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(call.token ? { authorization: `Bearer ${call.token}` } : {}), ...call.headers },
    body: typeof call.body === 'string' ? call.body : JSON.stringify(call.body),
    ...(call.signal ? { signal: call.signal } : {}),
  });
  const text = await response.text();
  return { status: response.status, text, body: parse(text), headers: response.headers };
}

/** A chat completion of the smallest kind. */
export function chat(gatewayUrl: string, token: string, fields: object = {}): Promise<Answer> {
  return callGateway({ gatewayUrl, token, body: { model: 'gpt-4o-mini', messages: HELLO, ...fields } });
}

/** The `data:` lines of an SSE answer, parsed; the terminator stays text. */
export function eventsOf(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trim())
    .map((data) => (data === '[DONE]' ? data : JSON.parse(data)));
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}
