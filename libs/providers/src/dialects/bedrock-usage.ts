import type { Meters } from '@byok/contracts';
import type { Found } from '../find-usage.js';
import { LARGEST, count } from './count.js';

/** Bedrock Converse's usage object. Its input count leaves cache reads and writes out; reasoning is part of the output and not told apart. */
export function metersOfBedrock(usage: Found): Meters | null {
  const input = count(usage, 'inputTokens');
  const output = count(usage, 'outputTokens');
  if (input === null && output === null) return null;
  const written = count(usage, 'cacheWriteInputTokens') ?? 0;
  const oneHour = writtenFor(usage, '1h');
  return {
    inputUncached: input ?? 0,
    cacheRead: count(usage, 'cacheReadInputTokens') ?? 0,
    // What the details do not name was written at the default age.
    cacheWrite5m: Math.max(writtenFor(usage, '5m'), written - oneHour),
    cacheWrite1h: oneHour,
    output: output ?? 0,
    reasoning: 0,
    audioIn: 0,
    audioOut: 0,
  };
}

function writtenFor(usage: Found, age: '5m' | '1h'): number {
  const details = Object.hasOwn(usage, 'cacheDetails') && Array.isArray(usage['cacheDetails']) ? (usage['cacheDetails'] as unknown[]) : [];
  const tokens = details.map((detail) => (isOfAge(detail, age) ? (count(detail, 'inputTokens') ?? 0) : 0));
  return Math.min(LARGEST, tokens.reduce((sum, each) => sum + each, 0));
}

function isOfAge(detail: unknown, age: string): detail is Found {
  return typeof detail === 'object' && detail !== null && (detail as Found)['ttl'] === age;
}
