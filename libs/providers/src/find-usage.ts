/** JSON found inside bytes without parsing the rest. */
export type Found = Record<string, unknown>;

/** What providers call their usage; Google has a word of its own. */
export const USAGE = Buffer.from('"usage"');
export const USAGE_METADATA = Buffer.from('"usageMetadata"');
const BACKSLASH = 0x5c;
/** A usage object is a handful of numbers; a provider's cost details do not make it longer than this. */
const LONGEST_USAGE = 16 * 1024;
/** Each candidate is measured to the end of the text; a hostile server must not turn that into hours. */
const MOST_CANDIDATES = 8;

/**
 * The last `"usage": {…}` of the JSON text in [from, to) that closes with at most `deepest` objects or lists still open around it.
 * Text inside strings cannot match, because its quotes are escaped; a tool schema with a field called usage lies deeper.
 */
export function findUsage(body: Buffer, from: number, to: number, deepest: number, name: Buffer = USAGE): Found | null {
  let at = body.lastIndexOf(name, to - 1);
  for (let candidates = 0; at >= from && candidates < MOST_CANDIDATES; candidates += 1) {
    const start = body[at - 1] === BACKSLASH ? -1 : valueStart(body, at + name.length, to);
    const end = start === -1 ? -1 : objectEnd(body, start, Math.min(to, start + LONGEST_USAGE));
    if (end !== -1 && openAfter(body, end, to) <= deepest) {
      const usage = parse(body, start, end);
      if (usage) return usage;
    }
    at = at === 0 ? -1 : body.lastIndexOf(name, at - 1);
  }
  return null;
}

/** Where the object behind a name begins, or -1 when something else follows. */
function valueStart(body: Buffer, from: number, to: number): number {
  let position = skipBlank(body, from, to);
  if (body[position] !== 0x3a) return -1;
  position = skipBlank(body, position + 1, to);
  return body[position] === 0x7b ? position : -1;
}

function skipBlank(body: Buffer, from: number, to: number): number {
  let position = from;
  while (position < to && body[position]! <= 0x20) position += 1;
  return position;
}

/** The byte behind the object that starts at `from`, or -1 when it does not end before `to`. */
function objectEnd(body: Buffer, from: number, to: number): number {
  let depth = 0;
  for (let position = from; position < to; position += 1) {
    const byte = body[position]!;
    if (byte === 0x22) {
      position = stringEnd(body, position + 1, to) - 1;
    } else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
      if (depth === 0) return position + 1;
    }
  }
  return -1;
}

/** How many objects and lists are still open at `from`, told by how many close behind it. */
export function openAfter(body: Buffer, from: number, to: number): number {
  let depth = 0;
  let lowest = 0;
  for (let position = from; position < to; position += 1) {
    const byte = body[position]!;
    if (byte === 0x22) position = stringEnd(body, position + 1, to) - 1;
    else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
      if (depth < lowest) lowest = depth;
    }
  }
  return -lowest;
}

function stringEnd(body: Buffer, from: number, to: number): number {
  let position = from;
  while (position < to) {
    const byte = body[position]!;
    if (byte === 0x22) return position + 1;
    position += byte === BACKSLASH ? 2 : 1;
  }
  return to;
}

function parse(body: Buffer, from: number, to: number): Found | null {
  try {
    return JSON.parse(body.toString('utf8', from, to)) as Found;
  } catch {
    // Not JSON after all; the answer then counts as one without usage.
    return null;
  }
}
