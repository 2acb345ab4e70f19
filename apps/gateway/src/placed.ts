/**
 * What comes and goes all the time, each once. An array whose members know their place, so that nothing is looked up; and not a Set or
 * a Map: under constant coming and going those leave a trail of old tables behind, each of which names the next one and the members of
 * its time. Once the garbage collector has promoted one of them, every member after it is kept until the next full collection.
 */
export class Placed<T extends { place: number }> implements Iterable<T> {
  readonly #members: T[] = [];

  get size(): number {
    return this.#members.length;
  }

  add(member: T): void {
    member.place = this.#members.length;
    this.#members.push(member);
  }

  /** The last one takes the place of the one that goes; one that is not here changes nothing. */
  delete(member: T): void {
    if (this.#members[member.place] !== member) return;
    const last = this.#members.pop()!;
    if (last === member) return;
    this.#members[member.place] = last;
    last.place = member.place;
  }

  /** Those that are here now: members may come and go while somebody goes through them. */
  [Symbol.iterator](): Iterator<T> {
    return this.#members.slice()[Symbol.iterator]();
  }
}
