import type { Admission, LimitState } from './rate-limits.js';

/** What is left of a caller's own limits, in the words of OpenAI's headers; appended to a flat raw array. */
export function appendLimits(flat: string[], { requests, tokens }: Admission): void {
  append(flat, 'requests', requests);
  append(flat, 'tokens', tokens);
}

function append(flat: string[], what: string, state: LimitState | null): void {
  if (!state) return;
  flat.push(`x-ratelimit-limit-${what}`, String(state.limit), `x-ratelimit-remaining-${what}`, String(state.remaining), `x-ratelimit-reset-${what}`, `${Math.ceil(state.resetMs / 1_000)}s`);
}
