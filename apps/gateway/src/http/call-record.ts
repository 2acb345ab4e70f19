import type { AppError } from '@byok/kernel';

/** What will be said about a call in the log, the metrics and an error's headers. Written along the way, read by nobody who decides. */
export interface CallRecord {
  orgId?: string;
  tokenId?: string | null;
  model?: string;
  stream?: boolean;
  provider?: string;
  keyId?: string;
  keyVersion?: number;
  keyOwner?: string;
  attempts?: number;
  firstByteAt?: number | null;
  /** Of all attempts together, input and output. */
  tokens?: number;
  /** What went wrong after the answer had begun. */
  endedWith?: AppError | null;
}
