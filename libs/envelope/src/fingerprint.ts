import { createHmac } from 'node:crypto';

import type { Secret } from '@byok/kernel';

import type { Dek } from './derive-dek.js';
import { withPlaintext } from './seal.js';

/**
 * Tells whether an org stored the same secret before. Keyed per org: the same secret in two orgs gives
 * unrelated fingerprints, and without the org's DEK nobody can test guesses against them.
 */
export function fingerprint(secret: Secret, dek: Dek): string {
  return withPlaintext(secret, (bytes) => createHmac('sha256', dek.fingerprint).update(bytes).digest('hex'));
}
