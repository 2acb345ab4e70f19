import type { Found } from '../../find-usage.js';
import { textAt } from '../members.js';

/** A piece of text and the probabilities of its tokens, in OpenAI's shape: the piece is as likely as all of its tokens together. */
export function logprobOf(item: Found): object {
  const each = Array.isArray(item.logprobs) ? item.logprobs.filter((value) => typeof value === 'number') : [];
  return { token: textAt(item, 'text') ?? '', logprob: each.reduce((sum, value) => sum + value, 0), bytes: null, top_logprobs: [] };
}
