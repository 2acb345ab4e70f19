/** A line longer than this is no part of a model's answer. */
const LONGEST_LINE = 32 * 1024 * 1024;

/** Cuts a stream of JSON texts, one a line, into its lines, wherever its chunks are cut. Blank lines are left out. */
export class NdjsonLines {
  readonly #decoder = new TextDecoder();
  #rest = '';

  /** The lines that this chunk completes. @throws RangeError for a line beyond all measure */
  see(chunk: Uint8Array): string[] {
    const lines = this.#decoder.decode(chunk, { stream: true }).split('\n');
    // Only the new part is searched, so that a long line in small chunks costs no more than its length.
    lines[0] = this.#rest + lines[0]!;
    this.#rest = lines.pop()!;
    if (this.#rest.length > LONGEST_LINE) throw new RangeError('a line of the stream is too long');
    return written(lines);
  }

  /** What stands behind the last line feed is a line, too: the last one need not end in it. */
  close(): string[] {
    const last = this.#rest + this.#decoder.decode();
    this.#rest = '';
    return written([last]);
  }
}

function written(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}
