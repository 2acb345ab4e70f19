import type { WitnessUsage } from './witness.js';

/** What the fake is about to say: a whole body, or the pieces of a stream: events as text, or binary frames. */
export type Answer =
  | { kind: 'body'; status: number; headers?: Record<string, string>; body: string; usage: WitnessUsage | null }
  | { kind: 'events'; events: readonly (string | Uint8Array)[]; contentType?: string; usage: WitnessUsage | null };

export function jsonAnswer(value: unknown, usage: WitnessUsage | null = null, status = 200): Answer {
  return { kind: 'body', status, body: JSON.stringify(value), usage };
}

/** An event without a name, as OpenAI's chat sends them. */
export function dataEvent(value: unknown): string {
  return `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
}

/** An event with a name, as Anthropic's messages and OpenAI's responses send them. */
export function namedEvent(value: { type: string } & Record<string, unknown>): string {
  return `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
}
