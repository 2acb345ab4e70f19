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
  /** Leaves usage out of the answer. */
  withoutUsage?: boolean;
  /** Tells this usage in place of the counted one. */
  usage?: { inputTokens: number; outputTokens: number; cachedTokens?: number; cacheWriteTokens?: number; reasoningTokens?: number };
}

export class Behaviours {
  #rules: { rule: BehaviourRule; left: number }[] = [];

  add(rule: BehaviourRule): () => void {
    const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
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
    return entry.rule;
  }
}

function matches({ when }: BehaviourRule, row: WitnessRow): boolean {
  if (!when) return true;
  if (when.key !== undefined && when.key !== row.key) return false;
  if (when.model !== undefined && when.model !== row.model) return false;
  if (when.provider !== undefined && when.provider !== row.provider) return false;
  return when.path === undefined || row.path.endsWith(when.path);
}
