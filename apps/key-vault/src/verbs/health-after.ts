import type { KeyHealth } from '../store/key-row.js';

/** What a test or a call says about how a key fares; undefined where it says nothing, such as a timeout or a rate limit. */
export function healthAfter(outcome: string): KeyHealth | undefined {
  if (outcome === 'valid') return 'ok';
  return outcome === 'invalid' || outcome === 'no-credit' ? 'failing' : undefined;
}
