import { AppError } from '@byok/kernel';

const MAX_ROWS = 100_000;

/** The rows of a CSV (RFC 4180, also with bare line feeds) by the names in its first row, in lower case. Empty rows are left out. */
export function parseCsv(text: string): Record<string, string>[] {
  const rows = cellsOf(text.replace(/^\uFEFF/, '')).filter((row) => row.some((cell) => cell !== ''));
  const [head, ...body] = rows;
  if (!head || body.length === 0) throw refuse('It has no rows.');
  if (body.length > MAX_ROWS) throw refuse(`It has more than ${MAX_ROWS} rows.`);
  const names = head.map((name) => name.trim().toLowerCase());
  return body.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]?.trim() ?? ''])));
}

export function refuse(reason: string): AppError {
  return new AppError('invalid_request', `The export cannot be read. ${reason}`, { details: { fields: ['csv'] } });
}

function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  // One cell at a time: quoted, with doubled quotes inside, or plain; then what ends it.
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (!match) throw refuse(`Row ${rows.length} has a quote that does not end.`);
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] !== ',') rows.push([]);
    else if (cell.lastIndex === text.length) rows.at(-1)!.push('');
  }
  return rows;
}
