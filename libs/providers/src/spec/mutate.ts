/** Chance that is the same on every run. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to below `sides`. */
  roll(sides: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.roll(items.length)]!;
  }
}

/** NUL, a lone half of UTF-8, a surrogate, a byte that is never UTF-8, ends of lines and events, and beginnings of everything. */
const NOISE = ['00', 'c328', 'eda080', 'ff', '0a', '0a0a', '0d', '0d0a', '7b', '7d', '5b', '5d', '22', '5c', '2c', '3a', '646174613a20', '646174613a206e756c6c0a0a', '5b444f4e', 'efbbbf', 'f09f'].map((hex) => Buffer.from(hex, 'hex'));

type ByteChange = (bytes: Buffer, dice: Dice) => Buffer;

const BYTE_CHANGES: readonly ByteChange[] = [
  (bytes, dice) => {
    const at = dice.roll(bytes.length);
    const changed = Buffer.from(bytes);
    changed[at] = changed[at]! ^ (1 << dice.roll(8));
    return changed;
  },
  (bytes, dice) => Buffer.from(bytes).fill(dice.roll(256), dice.roll(bytes.length), dice.roll(bytes.length)),
  (bytes, dice) => bytes.subarray(0, dice.roll(bytes.length)),
  (bytes, dice) => between(bytes, dice, (before, _, after) => [before, after]),
  (bytes, dice) => between(bytes, dice, (before, piece, after) => [before, piece, piece, after]),
  (bytes, dice) => between(bytes, dice, (before, piece, after) => [after, piece, before]),
  (bytes, dice) => between(bytes, dice, (before, piece, after) => [before, dice.pick(NOISE), piece, dice.pick(NOISE), after]),
];

function between(bytes: Buffer, dice: Dice, arrange: (before: Buffer, piece: Buffer, after: Buffer) => Buffer[]): Buffer {
  const from = dice.roll(bytes.length);
  const to = Math.min(bytes.length, from + 1 + dice.roll(dice.pick([2, 20, 400])));
  return Buffer.concat(arrange(bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to)));
}

export function mutateBytes(bytes: Buffer, dice: Dice): Buffer {
  let changed = bytes;
  for (let times = 1 + dice.roll(3); times > 0 && changed.length > 0; times -= 1) changed = dice.pick(BYTE_CHANGES)(changed, dice);
  return changed;
}

/** Leaves out, repeats or exchanges items, or lets something stand twice at its place. */
export function mutateOrder<Item>(items: readonly Item[], dice: Dice): Item[] {
  const changed = [...items];
  for (let times = 1 + dice.roll(3); times > 0 && changed.length > 0; times -= 1) {
    const at = dice.roll(changed.length);
    const other = dice.roll(changed.length);
    const kind = dice.roll(3);
    if (kind === 0) changed.splice(at, 1);
    else if (kind === 1) changed.splice(other, 0, changed[at]!);
    else [changed[at], changed[other]] = [changed[other]!, changed[at]!];
  }
  return changed;
}

/** Stands for what cannot be made as a value: lists in lists, and objects in objects, deeper than anybody can follow. */
const DEEP: Readonly<Record<string, string>> = { '"@lists@"': '['.repeat(20_000) + ']'.repeat(20_000), '"@objects@"': '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000) };
const STRANGE: readonly string[] = [null, true, false, 0, -1, 0.5, 1e308, 2 ** 53, 1e21, -1e-7, '', 'x', '\u0000', '\ud800', '[DONE]', 'null', '{', '5', [], {}, [null], [[]], { a: null }, { type: 'text' }, { error: 'x' }, ['a', 1, {}], 'a'.repeat(3_000)].map((value) => JSON.stringify(value));
const STRANGE_NAMES = ['__proto__', 'constructor', 'toString', '', 'type', 'error', 'id', '\u0000'];

/** Of the value given, a few members are of another type, gone, doubled or renamed. */
export function mutateJson(value: unknown, dice: Dice): unknown {
  const root = { value };
  for (let times = 1 + dice.roll(3); times > 0; times -= 1) {
    const places = placesOf(root);
    if (places.length > 0) change(dice.pick(places), dice);
  }
  return root.value ?? null;
}

/** As JSON text; now and then something in it is deeper than deep. */
export function writeMutated(value: unknown, dice: Dice): string {
  const places = dice.roll(100) === 0 ? placesOf({ value }) : [];
  if (places.length > 0) {
    const [holder, name] = dice.pick(places);
    (holder as Record<string, unknown>)[name] = dice.pick(['@lists@', '@objects@']);
  }
  return JSON.stringify(value).replace(/"@(?:lists|objects)@"/g, (mark) => DEEP[mark]!);
}

type Place = readonly [holder: Record<string, unknown> | unknown[], name: string];

function placesOf(root: object): Place[] {
  const places: Place[] = [];
  const visit = (holder: object): void => {
    for (const [name, inner] of Object.entries(holder)) {
      places.push([holder as Record<string, unknown>, name]);
      if (typeof inner === 'object' && inner !== null) visit(inner as object);
    }
  };
  visit(root);
  // The root itself only when there is nothing else.
  return places.length > 1 ? places.slice(1) : places;
}

function change([holder, name]: Place, dice: Dice): void {
  const object = holder as Record<string, unknown>;
  const value = object[name];
  switch (dice.roll(6)) {
    case 0:
      return Array.isArray(holder) ? void holder.splice(Number(name), 1) : void delete object[name];
    case 1:
      object[name] = dice.pick([[value], { [name]: value }, [value, value], JSON.stringify(value), typeof value === 'string' ? 7 : 'x']);
      return;
    case 2:
      if (Array.isArray(holder)) return void holder.reverse();
      Object.defineProperty(object, dice.pick(STRANGE_NAMES), { value, enumerable: true, configurable: true, writable: true });
      return;
    case 3:
      return Array.isArray(holder) ? void holder.push(value) : void (object[name] = dice.pick(Object.values(object)));
    default:
      object[name] = JSON.parse(dice.pick(STRANGE));
  }
}
