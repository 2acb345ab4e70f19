/**
 * The names of the head that was read before on a connection. Whoever is at its other end says the same ones in the same order, so most
 * are only compared, and neither cut out nor put into lower case again.
 */
export class HeaderNames {
  /** Grows with every name that was not the one at its place before. */
  changes = 0;
  /** As they came, with their colons. */
  readonly #raw: string[] = [];
  readonly #names: string[] = [];

  /** The name, in lower case and as long as it came, of the header that begins at `at` and is the `index`-th of its head. */
  nameAt(text: string, at: number, index: number): string {
    const known = this.#raw[index];
    if (known !== undefined && text.startsWith(known, at)) return this.#names[index]!;
    // A copy: a part of a string would keep all of it.
    const raw = Buffer.from(text.slice(at, text.indexOf(':', at) + 1), 'latin1').toString('latin1');
    this.changes += 1;
    this.#raw[index] = raw;
    return (this.#names[index] = raw.slice(0, -1).toLowerCase());
  }

  /** The head is read and had so many. */
  endAt(count: number): void {
    this.#raw.length = count;
    this.#names.length = count;
  }
}
