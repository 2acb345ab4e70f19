import type { Meters } from '@byok/contracts';
import type { AnswerPart } from './chat-form.js';

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error';

/** A whole answer in nobody's words. */
export interface ChatAnswer {
  /** The provider's id of the answer; empty when it gives none, and then the caller's dialect makes one from the request id. */
  id: string;
  model: string;
  /** Seconds since 1970; null when the provider does not say. */
  createdAt: number | null;
  choices: Choice[];
  /** null when the provider reported none. */
  meters: Meters | null;
  /** What only this provider tells, such as `citations`, under its own field names. */
  vendor: Record<string, unknown>;
}

export interface Choice {
  index: number;
  parts: AnswerPart[];
  finish: FinishReason;
  /** The stop sequence that ended it, where the provider says which. */
  stopSequence?: string;
  /** In OpenAI's shape: `{content: [{token, logprob, bytes, top_logprobs}]}`. */
  logprobs?: unknown;
}

/**
 * A piece of a streamed answer. Order: `start`, then content, then `finish` per choice, then `usage`, then `end`. An `error` ends the
 * stream in place of `end`. Text, reasoning and arguments come as increments. `tool` numbers the tool calls of a choice from 0.
 */
export type StreamPart =
  | { type: 'start'; id: string; model: string; createdAt: number | null }
  | { type: 'text'; choice: number; text: string }
  | { type: 'refusal'; choice: number; text: string }
  | { type: 'reasoning'; choice: number; text: string }
  /** Closes the reasoning before it: the provider's proof (`isSealed` false) or a sealed piece on its own. */
  | { type: 'reasoning-signature'; choice: number; signature: string; isSealed: boolean }
  | { type: 'tool-call'; choice: number; tool: number; id: string; name: string; signature?: string }
  | { type: 'tool-arguments'; choice: number; tool: number; fragment: string }
  | { type: 'logprobs'; choice: number; content: unknown[] }
  | { type: 'finish'; choice: number; reason: FinishReason; stopSequence?: string }
  | { type: 'vendor'; name: string; value: unknown }
  | { type: 'usage'; meters: Meters }
  /** The provider's own complaint in the middle of its stream. `message` may quote the key: redact before it leaves the process. */
  | { type: 'error'; code: string | null; message: string }
  | { type: 'end' };
