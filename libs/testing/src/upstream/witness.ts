/** Tokens of one answer, counted the way our own usage report counts: input is everything that went in, cached is a part of it. */
export interface WitnessUsage {
  inputTokens: number;
  cachedTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
}

/** One request as the provider saw it. */
export interface WitnessRow {
  /** Of its answer: what is asked about that answer later has it in its path. */
  answerId: string;
  /** Milliseconds since 1970. */
  at: number;
  /** First segment of the path: which provider the caller thought it was talking to. */
  provider: string;
  method: string;
  path: string;
  /** The credential as it arrived, without "Bearer ". */
  key: string | null;
  model: string | null;
  stream: boolean;
  /** OpenAI's `user` or Anthropic's `metadata.user_id`: passes through a gateway, so a test can say whose call it was. */
  caller: string | null;
  /** Request headers in lower case. */
  headers: Record<string, string>;
  /** The request body as it arrived. */
  body: string;
  /** 0 until an answer was begun. */
  status: number;
  /** Usage that was told to the caller in full; null while it was not. */
  usage: WitnessUsage | null;
  /** Pieces of a stream that were written. */
  eventsDelivered: number;
  bytesDelivered: number;
  /** The caller went away before the answer was complete. */
  isAborted: boolean;
  /** The fake itself ended it early, as a rule of `behave` asked. */
  isCut: boolean;
  isFinished: boolean;
}

/** The sum of what complete answers told, of one caller, key or everybody. */
export function sumUsage(rows: readonly WitnessRow[]): WitnessUsage & { requests: number } {
  const sum = { requests: rows.length, inputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };
  for (const { usage } of rows) {
    if (!usage) continue;
    sum.inputTokens += usage.inputTokens;
    sum.cachedTokens += usage.cachedTokens;
    sum.cacheWriteTokens += usage.cacheWriteTokens;
    sum.outputTokens += usage.outputTokens;
    sum.reasoningTokens += usage.reasoningTokens;
  }
  return sum;
}
