import { inflateSync } from 'node:zlib';
import { totalsOf, type Invoice, type LineFacts } from './invoice.js';

/** For specs: a line of usage of gpt-4o at 5 %. */
export function aLine(facts: Partial<LineFacts> = {}): LineFacts {
  return {
    ...{ section: 'usage', item: 'usage', label: 'openai gpt-4o', provider: 'openai', model: 'gpt-4o', markupBps: 500 },
    ...{ calls: 1n, inputTokens: 10n, outputTokens: 1n, baseNanoUsd: 0n, markupNanoUsd: 0n, exactNanoUsd: 0n, unpricedCalls: 0n },
    ...facts,
  };
}

/** For specs: the final invoice of an org for October. */
export function anInvoice(lines: readonly LineFacts[], facts: Partial<Invoice> = {}): Invoice {
  const totals = totalsOf(lines);
  return {
    ...{ id: 'inv_1', number: 'INV-000001', issuer: 'Platform operator', org: { id: 'org_1', name: 'Acme' }, month: '2026-10', finalisedAt: '2026-11-01T00:00:00.000Z' },
    ...totals,
    openingNanoUsd: 0n,
    closingNanoUsd: totals.creditsNanoUsd - totals.chargesNanoUsd,
    ...facts,
  };
}

/** For specs: what a PDF of pdfkit says, one text per line. */
export function textOfPdf(pdf: Buffer): string[] {
  const source = pdf.toString('latin1');
  const streams = [...source.matchAll(/stream\n([\s\S]*?)\nendstream/g)].map((match) => {
    const raw = Buffer.from(match[1]!, 'latin1');
    try {
      return inflateSync(raw).toString('latin1');
    } catch {
      return match[1]!;
    }
  });
  return streams.flatMap((stream) => [...stream.matchAll(/\[([^\]]*)\] TJ/g)].map((match) => [...match[1]!.matchAll(/<([0-9a-f]*)>/gi)].map((part) => Buffer.from(part[1]!, 'hex').toString('latin1')).join('')));
}
