import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const NAME = /^segment-(\d{12})\.jsonl$/;

export function segmentPath(folder: string, number: number): string {
  return join(folder, `segment-${String(number).padStart(12, '0')}.jsonl`);
}

/** Numbers of the segments that are there, oldest first. */
export function listSegments(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => NAME.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((left, right) => left - right);
}
