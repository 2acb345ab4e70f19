/**
 * Ids of calls in a history: Google's models often give none, and then a result belongs to the call of its name, else to the next one.
 * The same history always gets the same ids.
 */
export class CallIds {
  #made = 0;
  #open: { id: string; name: string }[] = [];

  /** Calls before this turn can no longer be answered. */
  startTurn(): void {
    this.#open = [];
  }

  ofCall(given: string | undefined, name: string): string {
    const id = given === undefined || given === '' ? this.#next() : given;
    this.#open.push({ id, name });
    return id;
  }

  /** The call that a result answers. */
  ofResult(given: string | undefined, name: string | undefined): { id: string; name: string | null } {
    const index = this.#indexOf(given, name);
    const [call] = index === -1 ? [] : this.#open.splice(index, 1);
    return { id: call?.id ?? (given === undefined || given === '' ? this.#next() : given), name: name ?? call?.name ?? null };
  }

  #indexOf(given: string | undefined, name: string | undefined): number {
    if (given !== undefined && given !== '') return this.#open.findIndex((call) => call.id === given);
    const named = this.#open.findIndex((call) => call.name === name);
    return named === -1 && this.#open.length > 0 ? 0 : named;
  }

  #next(): string {
    return `call_${this.#made++}`;
  }
}
