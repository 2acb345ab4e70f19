import { formatUsd } from '@byok/kernel';
import type { Invoice, InvoiceLine } from './invoice.js';

/** The invoice for programs. Money is decimal USD; a charge's `amountUsd` is in cents, its `exactUsd` what the ledger says. */
export function renderJson(invoice: Invoice): Buffer {
  return Buffer.from(`${JSON.stringify(invoiceToWire(invoice), null, 2)}\n`);
}

export function invoiceToWire(invoice: Invoice): object {
  const { id, number, issuer, org, month, finalisedAt } = invoice;
  return {
    ...{ id, number, status: finalisedAt === null ? 'draft' : 'final', issuer, org, month, currency: 'USD', finalisedAt },
    openingBalanceUsd: formatUsd(invoice.openingNanoUsd),
    creditsUsd: formatUsd(invoice.creditsNanoUsd),
    chargesUsd: formatUsd(invoice.chargesNanoUsd),
    closingBalanceUsd: formatUsd(invoice.closingNanoUsd),
    totalUsd: formatUsd(invoice.totalNanoUsd),
    lines: invoice.lines.map(lineToWire),
  };
}

function lineToWire(line: InvoiceLine): object {
  const { section, label, provider, model } = line;
  return {
    ...{ line: line.line, section, label, provider, model, markupPercent: percentOf(line.markupBps) },
    ...{ calls: Number(line.calls), inputTokens: Number(line.inputTokens), outputTokens: Number(line.outputTokens), unpricedCalls: Number(line.unpricedCalls) },
    ...{ baseUsd: formatUsd(line.baseNanoUsd), markupUsd: formatUsd(line.markupNanoUsd), exactUsd: formatUsd(line.exactNanoUsd), amountUsd: formatUsd(line.amountNanoUsd) },
  };
}

/** 1250 → "12.50" */
export function percentOf(basisPoints: number | null): string | null {
  return basisPoints === null ? null : `${Math.floor(basisPoints / 100)}.${String(basisPoints % 100).padStart(2, '0')}`;
}
