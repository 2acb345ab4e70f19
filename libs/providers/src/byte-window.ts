/** The first bytes of a stream, kept as references to its chunks until there are enough. */
export class Head {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(readonly enough: number) {}

  get isFull(): boolean {
    return this.#size >= this.enough;
  }

  keep(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  bytes(): Buffer {
    return joined(this.#chunks);
  }
}

/** How many dropped references may linger before the array is cut. */
const SLACK = 32;

/** The last bytes of a stream, kept as references to the chunks that hold them. */
export class Tail {
  #chunks: Uint8Array[] = [];
  #first = 0;
  #size = 0;

  constructor(readonly enough: number) {}

  keep(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#first < this.#chunks.length - 1 && this.#size - this.#chunks[this.#first]!.length >= this.enough) {
      this.#size -= this.#chunks[this.#first]!.length;
      this.#chunks[this.#first] = NOTHING;
      this.#first += 1;
    }
    if (this.#first < SLACK) return;
    this.#chunks = this.#chunks.slice(this.#first);
    this.#first = 0;
  }

  bytes(): Buffer {
    return joined(this.#chunks.slice(this.#first));
  }
}

export const NOTHING = new Uint8Array(0);

export function joined(chunks: readonly Uint8Array[]): Buffer {
  const only = chunks.length === 1 ? chunks[0]! : null;
  return only ? asBuffer(only) : Buffer.concat(chunks);
}

export function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
