import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The end of one org's chain as a checkpoint knew it. */
export interface KnownHead {
  org: string;
  sequence: number;
  /** hex */
  hash: string;
}

/** One line of the file: heads that moved since the line before, which it continues. */
export interface Checkpoint {
  chain: string;
  number: number;
  at: string;
  heads: KnownHead[];
  /** SHA-256 of the whole line before, hex. */
  previous: string;
}

/** What the database remembers of the file: its last line when it was written. */
export interface Anchor {
  number: number;
  lineHash: string;
}

export interface Reading {
  last: Anchor;
  /** The first thing that is wrong with the file; what stands before it was read. */
  fault: string | null;
}

const NOTHING: Anchor = { number: 0, lineHash: '0'.repeat(64) };

/** A line as it stands in the file, with its signature and its line break. */
export function writeLine(body: Checkpoint, key: KeyObject): string {
  const signature = sign(null, Buffer.from(JSON.stringify(body)), key).toString('base64');
  return `${JSON.stringify({ ...body, signature })}\n`;
}

export function hashLine(line: string): string {
  return createHash('sha256').update(line.replace(/\n$/, '')).digest('hex');
}

/**
 * Reads the file from its first line and tells `visit` of every line that is signed and continues the one before. A line that was
 * changed, taken out or put in ends the reading; lines cut off at the end are found by the anchor.
 */
export async function readCheckpoints(file: string, of: { chain: string; key: KeyObject; anchor: Anchor }, visit: (checkpoint: Checkpoint) => void): Promise<Reading> {
  const handle = await openIfThere(file);
  let last = NOTHING;
  let fault: string | null = null;
  try {
    for await (const line of handle?.readLines() ?? []) {
      const checkpoint = parseLine(line, of.key);
      // What a crash left half-written is no line. One that was made unreadable is missed by the next, or by the anchor.
      if (checkpoint === 'torn') continue;
      fault = faultOf(checkpoint, last, of.chain);
      if (fault) break;
      last = { number: last.number + 1, lineHash: hashLine(line) };
      if (last.number === of.anchor.number && last.lineHash !== of.anchor.lineHash) fault = `line ${last.number} of the checkpoint file is not the one that was written`;
      if (fault) break;
      visit(checkpoint as Checkpoint);
    }
  } finally {
    await handle?.close();
  }
  if (!fault && last.number < of.anchor.number) fault = `lines ${last.number + 1} to ${of.anchor.number} are missing at the end of the checkpoint file`;
  return { last, fault };
}

function faultOf(checkpoint: Checkpoint | 'unsigned', last: Anchor, chain: string): string | null {
  if (checkpoint === 'unsigned') return `line ${last.number + 1} of the checkpoint file does not bear our signature`;
  if (checkpoint.chain !== chain) return 'the checkpoint file is of another chain';
  if (checkpoint.number !== last.number + 1 || checkpoint.previous !== last.lineHash) return `line ${last.number + 1} is missing from the checkpoint file`;
  return null;
}

function parseLine(line: string, key: KeyObject): Checkpoint | 'torn' | 'unsigned' {
  let parsed: Checkpoint & { signature?: unknown };
  try {
    parsed = JSON.parse(line) as typeof parsed;
  } catch {
    return 'torn';
  }
  if (typeof parsed !== 'object' || parsed === null) return 'torn';
  const { signature, ...body } = parsed;
  const isOurs = typeof signature === 'string' && verify(null, Buffer.from(JSON.stringify(body)), key, Buffer.from(signature, 'base64'));
  return isOurs ? body : 'unsigned';
}

/** Appends and waits until it is on the disk. A line break first when the last line has none. */
export async function appendLine(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const end = size > 0 ? (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString() : '\n';
    await handle.appendFile(end === '\n' ? line : `\n${line}`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
