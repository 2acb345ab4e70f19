/** A cell that a spreadsheet would take for a formula; a number may begin with a minus. */
const LOOKS_LIKE_FORMULA = /^[=+\-@\t\r]/;
const IS_NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * Rows as CSV (RFC 4180): commas, CRLF, quotes where needed. A text that a spreadsheet would run as a formula gets an apostrophe before it.
 */
export function toCsv(rows: readonly (readonly (string | number | bigint | null)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | bigint | null): string {
  const text = value === null ? '' : String(value);
  const safe = LOOKS_LIKE_FORMULA.test(text) && !IS_NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
