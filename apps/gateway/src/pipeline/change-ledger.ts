const PLATFORM = 'platform';

/** Remembers when each org was last changed, so that whatever was loaded before counts as gone. */
export class ChangeLedger {
  readonly #byOrg = new Map<string, number>();
  #everything = 0;
  #sequence = 0;
  /** False while notices may be missed: caches are then trusted for a shorter time. */
  isListening = true;

  /** The mark to keep beside a value, taken before its loading begins. */
  get sequence(): number {
    return this.#sequence;
  }

  /** A change in `org`; platform keys concern everybody. */
  note(org: string): void {
    if (org === PLATFORM) return this.noteGap();
    this.#byOrg.set(org, ++this.#sequence);
  }

  /** Notices may have been missed: nothing loaded before this counts. */
  noteGap(): void {
    this.#everything = ++this.#sequence;
    this.#byOrg.clear();
  }

  /** True when nothing of `org` has changed since the mark was taken. */
  isUntouched(org: string, mark: number): boolean {
    return mark >= this.#everything && mark >= (this.#byOrg.get(org) ?? 0);
  }
}
