import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

export interface Region {
  from: number;
  to: number;
}

const ENTRY_BYTES = 8;
/** Of an entry's last byte: the page is in memory, or in swap. */
const IS_THERE = 0b1100_0000;
const AT_PAGESZ = 6n;

/**
 * What a process can write to and ever touched. V8 alone keeps half a gigabyte for itself of which most was never used: such pages hold
 * nothing, and to read them takes longer than all the others.
 */
export function writtenRegions(pid: number): Region[] {
  const pageBytes = pageSize();
  const pagemap = openSync(`/proc/${pid}/pagemap`, 'r');
  try {
    // Pages that are shared may be in memory without being in this process's table.
    return writableRegions(pid).flatMap(({ isShared, ...region }) => (isShared ? [region] : touchedPages(pagemap, region, pageBytes)));
  } finally {
    closeSync(pagemap);
  }
}

function writableRegions(pid: number): (Region & { isShared: boolean })[] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').filter((line) => /^[0-9a-f]+-[0-9a-f]+ rw/.test(line));
  return lines.map((line) => {
    const [range = '', rights = ''] = line.split(' ');
    const [from = '', to = ''] = range.split('-');
    return { from: Number.parseInt(from, 16), to: Number.parseInt(to, 16), isShared: rights[3] === 's' };
  });
}

/** Neighbouring pages as one region, so that nothing is missed where two of them meet. */
function touchedPages(pagemap: number, { from, to }: Region, pageBytes: number): Region[] {
  const entries = Buffer.alloc(((to - from) / pageBytes) * ENTRY_BYTES);
  const known = readSync(pagemap, entries, 0, entries.length, (from / pageBytes) * ENTRY_BYTES);
  if (known < entries.length) return [{ from, to }];
  const regions: Region[] = [];
  for (let page = 0; page * ENTRY_BYTES < known; page++) {
    if ((entries[(page + 1) * ENTRY_BYTES - 1]! & IS_THERE) === 0) continue;
    const start = from + page * pageBytes;
    const last = regions.at(-1);
    if (last?.to === start) last.to += pageBytes;
    else regions.push({ from: start, to: start + pageBytes });
  }
  return regions;
}

function pageSize(): number {
  const vector = readFileSync('/proc/self/auxv');
  for (let at = 0; at + 16 <= vector.length; at += 16) if (vector.readBigUInt64LE(at) === AT_PAGESZ) return Number(vector.readBigUInt64LE(at + 8));
  throw new Error('The kernel does not tell the size of a page.');
}
