import { PROVIDERS } from './registry.js';
import { VENDORS } from './vendors.js';

const LONGEST_SHOWN = 500;
const PREFIXES = ['sk-', 'Bearer ', ...PROVIDERS.flatMap(({ key }) => [...key.prefixes, ...key.adminPrefixes]), ...VENDORS.flatMap(({ keyPrefixes }) => keyPrefixes)];
const PREFIXED = new RegExp(`(?:${PREFIXES.map((each) => each.replace(/[.*+?^$()|[\]{}\\]/g, '\\$&')).join('|')})[A-Za-z0-9_.*\\u2026-]{4,}`, 'g');
const MASKED = /[A-Za-z0-9_-]{2,64}\*{2,64}[A-Za-z0-9_-]{0,64}|\*{2,64}[A-Za-z0-9_-]{2,64}/g;
const LONG_RUN = /[A-Za-z0-9_]{24,500}/g;

/** A provider's sentence without anything that looks like a key, whole or masked; capped, on one line. */
export function scrubKeyShapes(message: string): string {
  return message
    .slice(0, LONGEST_SHOWN)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(PREFIXED, '[redacted]')
    .replace(MASKED, '[redacted]')
    .replace(LONG_RUN, (run) => (/\d/.test(run) && /[A-Za-z]/.test(run) ? '[redacted]' : run));
}
