import type { UsageBatch, UsageEvent } from '@byok/contracts';
import { zstdDecompressSync } from 'node:zlib';

/** For specs: what a gateway sent, read as usage-billing reads it. */
export function eventsOfBatch({ encoding, events }: UsageBatch): UsageEvent[] {
  if (encoding !== 'zstd') throw new Error('a gateway compresses what it sends');
  return zstdDecompressSync(Buffer.from(events, 'base64'))
    .toString()
    .split('\n')
    .map((line) => JSON.parse(line) as UsageEvent);
}
