import type { WitnessRow } from './witness.js';

/** How the fake deviates from a prompt, complete answer. The first rule that matches is taken. */
export interface BehaviourRule {
  /** Only requests for which all of these hold; a path is matched at its end. */
  when?: { key?: string; model?: string; path?: string; provider?: string };
  /** Stops matching after so many requests. */
  times?: number;
  /** Answers with this status and `body`, in place of the real answer. */
  status?: number;
  body?: string;
  headers?: Record<string, string>;
  /** Waits before the first byte. */
  delayMs?: number;
  /** How many pieces of text an answer has (a token each). */
  textTokens?: number;
  /** How many of the offered tools are called when none has answered yet; 1 unless told. */
  toolCalls?: number;
  /** Waits between the pieces of a stream. */
  betweenEventsMs?: number;
  /** Destroys the connection after so many pieces of a stream; 0 is before the headers. */
  cutAfterEvents?: number;
  /** Ends a stream cleanly after so many pieces, without usage or terminator. */
  endAfterEvents?: number;
  /** Takes the request and never answers. */
  isSilent?: boolean;
  /** Lets a key make so many requests, refilled bit by bit within this time; tells what is left as OpenAI does, and refuses the rest. */
  rateLimit?: { requests: number; refillMs: number };
  /** Leaves usage out of the answer. */
  withoutUsage?: boolean;
  /** Tells this usage in place of the counted one. */
  usage?: { inputTokens: number; outputTokens: number; cachedTokens?: number; cacheWriteTokens?: number; reasoningTokens?: number };
}

interface Entry {
  rule: BehaviourRule;
  left: number;
  /** What each key has left, and as of when. */
  buckets: Map<string, { left: number; at: number }>;
}

export class Behaviours {
  #rules: Entry[] = [];

  add(rule: BehaviourRule): () => void {
    const entry: Entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY, buckets: new Map() };
    this.#rules.push(entry);
    return () => {
      this.#rules = this.#rules.filter((each) => each !== entry);
    };
  }

  clear(): void {
    this.#rules = [];
  }

  /** The rule for a request; uses up one of its `times`. */
  take(row: WitnessRow): BehaviourRule {
    if (this.#rules.length === 0) return {};
    const entry = this.#rules.find(({ rule, left }) => left > 0 && matches(rule, row));
    if (!entry) return {};
    entry.left -= 1;
    return entry.rule.rateLimit ? limited(entry.rule, entry.rule.rateLimit, entry.buckets, row) : entry.rule;
  }
}

function limited(rule: BehaviourRule, { requests, refillMs }: NonNullable<BehaviourRule['rateLimit']>, buckets: Entry['buckets'], { key, at }: WitnessRow): BehaviourRule {
  const bucket = buckets.get(key ?? '') ?? { left: requests, at };
  bucket.left = Math.min(requests, bucket.left + ((at - bucket.at) * requests) / refillMs);
  bucket.at = at;
  buckets.set(key ?? '', bucket);
  const isOver = bucket.left < 1;
  if (!isOver) bucket.left -= 1;
  const headers = {
    ...rule.headers,
    'x-ratelimit-limit-requests': String(requests),
    'x-ratelimit-remaining-requests': String(Math.floor(bucket.left)),
    'x-ratelimit-reset-requests': `${Math.ceil(((requests - bucket.left) * refillMs) / requests)}ms`,
  };
  if (!isOver) return { ...rule, headers };
  const body = JSON.stringify({ error: { message: 'Rate limit reached for requests', type: 'requests', param: null, code: 'rate_limit_exceeded' } });
  return { ...rule, status: 429, body, headers: { ...headers, 'retry-after-ms': String(Math.ceil(((1 - bucket.left) * refillMs) / requests)) } };
}

function matches({ when }: BehaviourRule, row: WitnessRow): boolean {
  if (!when) return true;
  if (when.key !== undefined && when.key !== row.key) return false;
  if (when.model !== undefined && when.model !== row.model) return false;
  if (when.provider !== undefined && when.provider !== row.provider) return false;
  return when.path === undefined || row.path.endsWith(when.path);
}
