import fc from 'fast-check';
import { toCsv } from './csv.js';

/** Reads RFC 4180, written apart from the writer. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let match = cells.exec(text); match; match = cells.exec(text)) {
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('toCsv', () => {
  it('puts quotes where RFC 4180 wants them and ends every row with CRLF', () => {
    expect(toCsv([['a', 1, null, 12n], ['b,c', 'say "x"', 'two\nlines', '-1.50']])).toBe('a,1,,12\r\n"b,c","say ""x""","two\nlines",-1.50\r\n');
  });

  it.each(['=1+1', '+1', '-2+3', '@SUM(A1)', '\tx', '\rx', '-1.5e3', '=HYPERLINK("http://x")'])('C12 never leaves %j for a spreadsheet to run', (text) => {
    expect(readCsv(toCsv([[text]]))).toEqual([[`'${text}`]]);
  });

  it('is read back as it was, whatever it was', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é', '=', '-', '1') });
    fc.assert(
      fc.property(fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (rows) => {
        const read = readCsv(toCsv(rows));
        expect(read.map((row) => row.length)).toEqual(rows.map((row) => row.length));
        read.forEach((row, at) => row.forEach((each, index) => expect([rows[at]![index], `'${rows[at]![index]}`]).toContain(each)));
      }),
    );
  });
});
