import type { ChatAnswer } from '../dialects/answer-form.js';
import type { Message } from '../dialects/chat-form.js';

/** A conversation as a provider understood it from what we wrote. */
export interface HeardRequest {
  messages: Message[];
  /** Names of the tools on offer. */
  tools: string[];
}

/** The other end of a dialect: what its provider makes of our requests, and how it answers them. */
export interface PretendProvider {
  hear(body: Record<string, unknown>): HeardRequest;
  answer(answer: ChatAnswer): object;
  /** The same answer as a stream, in small pieces. */
  stream(answer: ChatAnswer): Buffer;
}

/** Each with a few characters, none cut in two. */
export function piecesOf(text: string): string[] {
  return text.match(/[\s\S]{1,7}/gu) ?? [];
}

export function textOf({ parts }: { parts: readonly { type: string; text?: string }[] }): string {
  return parts.map((part) => (part.type === 'text' ? part.text! : '')).join('');
}

export function listOf(value: unknown): Record<string, unknown>[] {
  return (value ?? []) as Record<string, unknown>[];
}

export function sse(events: readonly (readonly [name: string, data: string])[]): Buffer {
  return Buffer.from(events.map(([name, data]) => `event: ${name}\n${data.split('\n').map((line) => `data: ${line}\n`).join('')}\n`).join(''));
}
