import type { CacheMark } from '../chat-form.js';

/** Five minutes is what the mark means by itself. */
export function writeCacheMark(mark: CacheMark | undefined, hasMarks: boolean): { cache_control?: object } {
  if (mark === undefined || !hasMarks) return {};
  return { cache_control: mark === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' } };
}
