import { formatUsd } from '@byok/kernel';
import PDFDocument from 'pdfkit';
import type { Invoice, InvoiceLine, InvoiceSection } from './invoice.js';
import { monthOf } from './month.js';
import { percentOf } from './render-json.js';

type Page = InstanceType<typeof PDFDocument>;
type Row = readonly string[];

const MARGIN = 40;
const BOTTOM = 780;
const LINE_HEIGHT = 14;
const COLUMNS = [
  { title: '', x: 40, width: 195, align: 'left' },
  { title: 'Calls', x: 238, width: 52, align: 'right' },
  { title: 'Base USD', x: 293, width: 78, align: 'right' },
  { title: 'Markup %', x: 374, width: 46, align: 'right' },
  { title: 'Markup USD', x: 423, width: 62, align: 'right' },
  { title: 'Amount USD', x: 488, width: 67, align: 'right' },
] as const;
const SECTIONS: readonly (readonly [InvoiceSection, string])[] = [
  ['credits', 'Top-ups and credits'],
  ['usage', 'Usage on platform credits'],
  ['adjustments', 'Adjustments'],
  ['rounding', 'Rounding'],
  ['memo', 'On your own keys: billed by your provider, for information'],
];

/** The invoice on paper. The same invoice gives the same bytes: its dates are the invoice's, never the clock's. */
export function renderPdf(invoice: Invoice): Promise<Buffer> {
  const page = new PDFDocument({ size: 'A4', margin: MARGIN, bufferPages: true, info: infoOf(invoice) });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    page.on('data', (chunk: Buffer) => chunks.push(chunk));
    page.on('end', () => resolve(Buffer.concat(chunks)));
    page.on('error', reject);
  });
  writeHead(page, invoice);
  writeBalances(page, invoice);
  for (const [section, title] of SECTIONS) writeSection(page, title, invoice.lines.filter((line) => line.section === section));
  writeTotal(page, invoice);
  writeFeet(page, invoice);
  page.end();
  return done;
}

function infoOf(invoice: Invoice): { [name: string]: string | Date; CreationDate: Date; ModDate: Date } {
  const date = new Date(invoice.finalisedAt ?? monthOf(invoice.month).end);
  return { Title: titleOf(invoice), Author: printable(invoice.issuer), Producer: 'byok', Creator: 'byok', CreationDate: date, ModDate: date };
}

function titleOf({ number, month }: Invoice): string {
  return number === null ? `Draft ${month}` : `Invoice ${number}`;
}

function writeHead(page: Page, invoice: Invoice): void {
  page.font('Helvetica-Bold').fontSize(18).text(titleOf(invoice), MARGIN, MARGIN);
  page.font('Helvetica').fontSize(10).moveDown(0.5);
  page.text(`From: ${printable(invoice.issuer)}`).text(`For: ${printable(invoice.org.name)} (${invoice.org.id})`);
  page.text(`Month: ${invoice.month} (UTC)`).text(invoice.finalisedAt === null ? 'Not final: figures may still change.' : `Final since: ${invoice.finalisedAt}`);
  page.moveDown(1);
}

function writeBalances(page: Page, invoice: Invoice): void {
  const balances: [string, bigint][] = [
    ['Opening balance', invoice.openingNanoUsd],
    ['+ Top-ups and credits', invoice.creditsNanoUsd],
    ['- Charges', invoice.chargesNanoUsd],
    ['Closing balance', invoice.closingNanoUsd],
  ];
  for (const [label, amount] of balances) writeRow(page, [label, '', '', '', '', formatUsd(amount)], label.includes('balance'));
  page.y += LINE_HEIGHT / 2;
}

function writeSection(page: Page, title: string, lines: readonly InvoiceLine[]): void {
  if (lines.length === 0) return;
  startRow(page, 3 * LINE_HEIGHT);
  writeRow(page, [title, ...COLUMNS.slice(1).map((column) => column.title)], true);
  for (const line of lines) writeRow(page, rowOf(line));
  page.y += LINE_HEIGHT / 2;
}

function rowOf(line: InvoiceLine): Row {
  const hasParts = line.section === 'usage' || line.section === 'memo' || line.item === 'late';
  return [
    printable(line.label),
    line.calls > 0n ? line.calls.toString() : '',
    hasParts ? formatUsd(line.baseNanoUsd) : '',
    hasParts ? (percentOf(line.markupBps) ?? '') : '',
    hasParts && line.section !== 'memo' ? formatUsd(line.markupNanoUsd) : '',
    formatUsd(line.amountNanoUsd),
  ];
}

function writeTotal(page: Page, invoice: Invoice): void {
  page.y += LINE_HEIGHT / 2;
  startRow(page, 2 * LINE_HEIGHT);
  page.moveTo(MARGIN, page.y - 3).lineTo(555, page.y - 3).stroke();
  writeRow(page, ['Total', '', '', '', '', formatUsd(invoice.totalNanoUsd)], true);
}

function writeRow(page: Page, row: Row, isBold = false): void {
  page.font(isBold ? 'Helvetica-Bold' : 'Helvetica').fontSize(8.5);
  const height = Math.max(LINE_HEIGHT, page.heightOfString(row[0]!, { width: COLUMNS[0].width }) + 4);
  startRow(page, height);
  const top = page.y;
  COLUMNS.forEach(({ x, width, align }, index) => page.text(row[index]!, x, top, { width, align, lineBreak: index === 0 }));
  page.x = MARGIN;
  page.y = top + height;
}

/** On a new page when so much does not fit any more. */
function startRow(page: Page, height: number): void {
  if (page.y + height > BOTTOM) page.addPage();
}

function writeFeet(page: Page, invoice: Invoice): void {
  const { count } = page.bufferedPageRange();
  for (let index = 0; index < count; index++) {
    page.switchToPage(index);
    page.page.margins.bottom = 0;
    page.font('Helvetica').fontSize(8).text(`${titleOf(invoice)} · page ${index + 1} of ${count}`, MARGIN, 805, { width: 515, align: 'center', lineBreak: false });
  }
}

/** The standard fonts know Western European letters alone; what they do not know is shown as such, and stands whole in JSON and CSV. */
function printable(text: string): string {
  return text.normalize('NFC').replace(/[^\x20-\x7e\xa0-\xff€‘’“”–—…]/gu, '?');
}
