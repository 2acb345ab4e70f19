import type { Meters } from '@byok/contracts';
import type { CallEndpoint, Provider } from './provider.js';

export interface TapResult {
  /** null when the answer carried no usage. */
  meters: Meters | null;
  /** [DONE], message_stop or response.completed|failed|incomplete was seen; for a plain answer: it is a whole JSON object. */
  sawTerminal: boolean;
  /** SSE events with data. */
  events: number;
  /** The model named in the answer. */
  model: string | null;
  /** An error event came inside the stream. */
  errorSeen: boolean;
}

export interface UsageTap {
  see(chunk: Uint8Array): void;
  end(): TapResult;
}

/** Watches an answer go by without parsing it; keeps references to what `end` needs. */
export declare function createUsageTap(provider: Provider, endpoint: CallEndpoint, stream: boolean): UsageTap;
