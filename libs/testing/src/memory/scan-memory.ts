import { closeSync, openSync, readSync } from 'node:fs';
import { writtenRegions } from './written-regions.js';

const CHUNK_BYTES = 16 * 1024 * 1024;

/**
 * How often each of these byte strings stands in the memory that a process can write to: its heaps, stacks and everything it mapped for
 * itself. Linux only, and only for a process of one's own. Overlapping chunks, so that none is missed at a seam.
 */
export function countInMemory(pid: number, needles: readonly Buffer[]): number[] {
  const counts = needles.map(() => 0);
  const overlap = Math.max(...needles.map((needle) => needle.length)) - 1;
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES + overlap);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const { from, to } of writtenRegions(pid)) {
      for (let at = from; at < to; at += CHUNK_BYTES) {
        const chunk = readAt(memory, at, buffer.subarray(0, Math.min(CHUNK_BYTES + overlap, to - at)));
        needles.forEach((needle, index) => (counts[index]! += occurrences(chunk, needle, Math.min(CHUNK_BYTES, to - at))));
      }
    }
  } finally {
    closeSync(memory);
  }
  return counts;
}

/** What can be read of it: a region may have been given back since it was listed. */
function readAt(memory: number, from: number, chunk: Buffer): Buffer {
  let read = 0;
  while (read < chunk.length) {
    try {
      const count = readSync(memory, chunk, read, chunk.length - read, from + read);
      if (count === 0) break;
      read += count;
    } catch {
      break;
    }
  }
  return chunk.subarray(0, read);
}

/** Those that start before `end`; the others belong to the next chunk. */
function occurrences(chunk: Buffer, needle: Buffer, end: number): number {
  let count = 0;
  for (let at = chunk.indexOf(needle); at !== -1 && at < end; at = chunk.indexOf(needle, at + 1)) count += 1;
  return count;
}
