import type { Sql } from '@byok/platform';

export type JwtPlace = 'gateway' | 'admin-api';

const FLUSH_AFTER_MS = 1_000;

/** Counts refused JWTs per issuer and reason, and writes the counts once a second: a flood of them is a row and not a flood of writes. */
export class FailureTally {
  readonly #deps: { db: Sql; place: JwtPlace };
  #counts = new Map<string, { issuerId: string; reason: string; count: number }>();
  #timer: NodeJS.Timeout | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(deps: { db: Sql; place: JwtPlace }) {
    this.#deps = deps;
  }

  note(issuerId: string, reason: string): void {
    const name = `${issuerId} ${reason}`;
    const counted = this.#counts.get(name) ?? { issuerId, reason, count: 0 };
    counted.count += 1;
    this.#counts.set(name, counted);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS).unref();
  }

  /** Everything that was noted before is written when this is done, also what a write under way took with it. */
  flush(): Promise<void> {
    this.#written = this.#written.then(() => this.#write());
    return this.#written;
  }

  /** What could not be written is counted again. */
  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counts = [...this.#counts.values()];
    this.#counts = new Map();
    const written = await Promise.allSettled(counts.map(({ issuerId, reason, count }) => this.#deps.db.query('SELECT identity.note_failed_jwt($1, $2, $3, $4)', [issuerId, this.#deps.place, reason, count])));
    written.forEach((each, index) => {
      if (each.status === 'fulfilled') return;
      const { issuerId, reason, count } = counts[index]!;
      const again = this.#counts.get(`${issuerId} ${reason}`);
      this.#counts.set(`${issuerId} ${reason}`, { issuerId, reason, count: count + (again?.count ?? 0) });
    });
  }
}
