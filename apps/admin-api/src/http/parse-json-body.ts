import { AppError } from '@byok/kernel';

const MAX_DEPTH = 64;
const MAX_NAMES = 10_000;

/** JSON.parse with our own clear errors: nesting is limited before anything is parsed, and a name given twice is refused, not guessed. */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  scan(text);
  try {
    return JSON.parse(text);
  } catch {
    // V8's message quotes the text, which may hold a key.
    throw new AppError('malformed_json', 'The body is not well-formed JSON.');
  }
}

// A string that never ends matches up to the end of the text: otherwise every quote in it would be tried again.
const TOKENS = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|[{}[\],:]/g;

/** One pass over strings and punctuation; whether the rest is JSON is JSON.parse's question. */
function scan(text: string): void {
  const open: (Set<string> | null)[] = [];
  let names = 0;
  let last = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') {
      if (open.push(token === '{' ? new Set() : null) > MAX_DEPTH) throw new AppError('too_deep', `The body is nested deeper than ${MAX_DEPTH} levels.`);
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ':') {
      const seen = open.at(-1);
      if (seen?.has(last)) throw new AppError('duplicate_field', 'The body names a field twice.');
      seen?.add(last);
      if (++names > MAX_NAMES) throw new AppError('invalid_request', `The body has more than ${MAX_NAMES} fields.`);
    }
    last = token;
  }
}
