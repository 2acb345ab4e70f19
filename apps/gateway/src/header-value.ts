const [TAB, SPACE] = [9, 32];

/** What no value may hold: it would end the header early, or is more than a byte. */
export const NOT_IN_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** The value that stands there in a head, without the blanks around it. */
export function valueBetween(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
