/** Somebody who waits, whose share it is, and how much of it this takes: about 1 for an ordinary call. */
export interface Waiting {
  readonly member: string;
  /** Against the weights of others. */
  readonly weight: number;
  readonly cost: number;
}

interface Line<T> {
  member: string;
  credit: number;
  items: T[];
}

const QUANTUM = 1;

/**
 * Deficit round robin: every member has a line of their own, and the lines take turns. A turn gives a line its weight in credit, and its
 * head goes when the credit covers it; so a thousand waiting calls of one member delay another's single call by one turn.
 */
export class FairQueue<T extends Waiting> {
  /** The first has its turn. */
  readonly #lines: Line<T>[] = [];
  readonly #byMember = new Map<string, Line<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    let line = this.#byMember.get(item.member);
    if (!line) {
      line = { member: item.member, credit: 0, items: [] };
      this.#byMember.set(item.member, line);
      this.#lines.push(line);
    }
    line.items.push(item);
    this.#size += 1;
  }

  /** Whose turn it is; stays the same until it is taken, removed, or somebody else has been. */
  peek(): T | undefined {
    if (this.#size === 0) return undefined;
    for (;;) {
      const line = this.#lines[0]!;
      const head = line.items[0]!;
      if (line.credit >= head.cost) return head;
      line.credit += QUANTUM * head.weight;
      if (line.credit >= head.cost) return head;
      this.#lines.push(this.#lines.shift()!);
    }
  }

  take(): T | undefined {
    const head = this.peek();
    if (!head) return undefined;
    const line = this.#lines[0]!;
    line.credit -= head.cost;
    line.items.shift();
    this.#size -= 1;
    if (line.items.length === 0) this.#close(line);
    else if (line.credit < line.items[0]!.cost) this.#lines.push(this.#lines.shift()!);
    return head;
  }

  remove(item: T): void {
    const line = this.#byMember.get(item.member);
    const at = line?.items.indexOf(item) ?? -1;
    if (!line || at === -1) return;
    line.items.splice(at, 1);
    this.#size -= 1;
    if (line.items.length === 0) this.#close(line);
  }

  /** The newest of the longest line: who gives way when there is no more room. */
  lastOfLongest(): T | undefined {
    let longest: Line<T> | undefined;
    for (const line of this.#lines) if (!longest || line.items.length > longest.items.length) longest = line;
    return longest?.items.at(-1);
  }

  /** What a line did not use is not kept for another day. */
  #close(line: Line<T>): void {
    this.#byMember.delete(line.member);
    this.#lines.splice(this.#lines.indexOf(line), 1);
  }
}
