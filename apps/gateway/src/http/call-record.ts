import type { AppError } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';

/** What will be said about a call in the log, the metrics and an error's headers. Written along the way, read by nobody who decides. */
export interface CallRecord {
  principal?: Principal;
  /** As the caller named it. */
  model?: string;
  stream?: boolean;
  /** The latest one. */
  attempt?: Attempt;
  attempts?: number;
  firstByteAt?: number | null;
  /** Of all attempts together, input and output. */
  tokens?: number;
  /** What went wrong after the answer had begun. */
  endedWith?: AppError | null;
}
