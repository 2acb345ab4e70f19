/** The same as `make`, which is asked once for each object, for as long as that lives: for what is said of it again and again. */
export function onceFor<K extends object, T extends NonNullable<unknown> | null>(make: (of: K) => T): (of: K) => T {
  const made = new WeakMap<K, T>();
  return (of) => {
    let known = made.get(of);
    if (known === undefined) made.set(of, (known = make(of)));
    return known;
  };
}
