import type { KeyOwnerMessage } from './key-vault.js';

// The messages of proto/key_vault.proto about what becomes of a key over time.

/** Calls since there are two versions of a key. `refused`: the provider would not have it; `failed`: anything else before an answer. */
export interface CountsMessage {
  answered: number;
  refused: number;
  failed: number;
}

/** The version that a share of the calls is made with. */
export interface CandidateMessage {
  version: number;
  last4: string;
  config: Record<string, string>;
  percent: number;
  rollbackAfter: number;
  overlapUntil: string;
  stagedAt: string;
  stagedBy: string;
  counts: CountsMessage;
  currentCounts: CountsMessage;
}

/** The version before the last promotion, while it still opens. */
export interface FormerMessage {
  version: number;
  last4: string;
  openUntil: string;
}

/** A key that nobody used or tested for long, opened to be tried once. An empty id: there is none. */
export interface RevalidationMessage {
  id: string;
  keyId: string;
  orgId: string;
  owner: KeyOwnerMessage;
  provider: string;
  secret: string;
  config: Record<string, string>;
}

/** What time has to say about a key, for those who should hear of it. */
export interface KeyWarningMessage {
  orgId: string;
  keyId: string;
  owner: KeyOwnerMessage;
  provider: string;
  warning: string;
  /** When it ends, or its secret was due for rotation. */
  at: string;
}

/** For the one gateway whose turn it is. */
export interface LifetimeForGateway {
  takeRevalidation(request: { exceptProviders: readonly string[] }): Promise<RevalidationMessage>;
  reportRevalidation(request: { id: string; keyId: string; outcome: string; reason: string }): Promise<object>;
  keyWarnings(request: { after: string }): Promise<{ items: KeyWarningMessage[]; next: string }>;
}
