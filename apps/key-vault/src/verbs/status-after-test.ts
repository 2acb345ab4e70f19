import type { KeyStatus } from '../store/key-row.js';

/** What a test's outcome says about a key. Only a clear answer of the provider changes a status; a timeout or a 429 says nothing about the key. */
export function statusAfterTest<S extends KeyStatus>(current: S, outcome: string): S | 'active' | 'invalid' {
  if (outcome === 'invalid' && current === 'active') return 'invalid';
  if (outcome === 'valid' && current === 'invalid') return 'active';
  return current;
}
