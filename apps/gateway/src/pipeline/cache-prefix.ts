import type { Wish } from './read-wish.js';

/** Enough to tell one conversation's beginning from another's, and short enough not to reach what changes with every turn. */
const PREFIX_BYTES = 1_024;

/** The beginning of the conversation, by which a provider's prompt cache would know it; parameters that stand before it do not count. */
export function cachePrefix({ body, scan }: Pick<Wish, 'body' | 'scan'>): string {
  const start = Math.max(0, scan.conversationStart);
  return body.toString('latin1', start, start + PREFIX_BYTES);
}
