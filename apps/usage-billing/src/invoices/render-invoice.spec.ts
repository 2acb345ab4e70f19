import fc from 'fast-check';
import { formatUsd } from '@byok/kernel';
import { aLine, anInvoice, textOfPdf } from './invoice.builder.js';
import { renderInvoice } from './render-invoice.js';

const usage = aLine({ baseNanoUsd: 1_234_567_891n, markupNanoUsd: 61_728_395n, exactNanoUsd: 1_296_296_286n });
const topUp = aLine({ section: 'credits', item: 'journal:top_up:', label: 'Top-up', exactNanoUsd: 50_000_000_000n });

interface Wire {
  totalUsd: string;
  chargesUsd: string;
  lines: { amountUsd: string; section: string }[];
}

describe('renderInvoice', () => {
  it('says the same total in JSON, CSV and PDF', async () => {
    const invoice = anInvoice([topUp, usage, aLine({ model: 'gpt-4o-mini', exactNanoUsd: 3_333_333n })]);
    const wire = JSON.parse((await renderInvoice(invoice, 'json')).content.toString()) as Wire;
    const csv = (await renderInvoice(invoice, 'csv')).content.toString().split('\r\n');
    const pdf = textOfPdf((await renderInvoice(invoice, 'pdf')).content);
    expect([wire.totalUsd, wire.chargesUsd]).toEqual(['1.30', '1.299629619']);
    expect(csv.find((row) => row.includes(',total,'))).toMatch(/,1\.299629619,1\.30$/);
    expect(pdf[pdf.lastIndexOf('Total') + 1]).toBe('1.30');
    expect(pdf).toEqual(expect.arrayContaining(['Invoice INV-000001', 'Opening balance', 'Closing balance', '48.700370381', '5.00', '1.234567891']));
  });

  it('gives the same bytes each time, so that its SHA-256 tells whether a file is the one that was sent', async () => {
    const invoice = anInvoice([topUp, usage]);
    for (const format of ['json', 'csv', 'pdf'] as const) {
      const first = await renderInvoice(invoice, format);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      expect((await renderInvoice(invoice, format)).sha256).toBe(first.sha256);
      expect((await renderInvoice({ ...invoice, closingNanoUsd: 1n }, format)).sha256).not.toBe(first.sha256);
    }
  });

  it('opens as a PDF, of as many pages as it takes', async () => {
    const { content } = await renderInvoice(anInvoice(Array.from({ length: 200 }, (_, index) => aLine({ label: `model ${index}`, exactNanoUsd: 10_000_000n }))), 'pdf');
    expect(content.subarray(0, 5).toString()).toBe('%PDF-');
    expect(content.subarray(-6).toString().trim()).toBe('%%EOF');
    expect(Number(/\/Count (\d+)/.exec(content.toString('latin1'))![1])).toBeGreaterThan(3);
    const text = textOfPdf(content);
    expect(text.filter((each) => each.startsWith('model '))).toHaveLength(200);
    expect(text).toContain('2.00');
  });

  it('C11 prints what looks like a template as it is, in every format', async () => {
    for (const text of ['{{7*7}}', '${7*7}', '<%= 7*7 %>', '#{7*7}', '{%debug%}', '%s%n%x', '[[7*7]]']) {
      const invoice = anInvoice([aLine({ label: text, model: text, exactNanoUsd: 10_000_000n })], { org: { id: 'org_1', name: text } });
      for (const format of ['json', 'csv'] as const) expect([format, JSON.stringify((await renderInvoice(invoice, format)).content.toString()).includes(text)]).toEqual([format, true]);
      const pdf = textOfPdf((await renderInvoice(invoice, 'pdf')).content);
      expect(pdf).toContain(text);
      expect(pdf.join(' ')).not.toMatch(/\b49\b/);
    }
  });

  it('C12 runs no formula in a spreadsheet, whatever an org or a model is called', async () => {
    const invoice = anInvoice([aLine({ label: '=HYPERLINK("http://evil","x")', model: '+1', exactNanoUsd: -1n })], { org: { id: 'org_1', name: '@SUM(A1)' } });
    const csv = (await renderInvoice(invoice, 'csv')).content.toString();
    for (const cell of csv.split(/[,\r\n]+/)) expect(cell.replace(/^"/, '')).not.toMatch(/^([=+@\t]|-(?!\d+(\.\d+)?$))/);
  });

  it('survives every name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 80 }), async (name) => {
        const invoice = anInvoice([aLine({ label: name, exactNanoUsd: 10_000_000n })], { org: { id: 'org_1', name } });
        const pdf = textOfPdf((await renderInvoice(invoice, 'pdf')).content);
        expect(pdf[pdf.lastIndexOf('Total') + 1]).toBe(formatUsd(10_000_000n));
        expect((JSON.parse((await renderInvoice(invoice, 'json')).content.toString()) as { org: { name: string } }).org.name).toBe(name);
      }),
      { numRuns: 25 },
    );
  });
});
