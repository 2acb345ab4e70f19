import { formatUsd, toCsv } from '@byok/kernel';
import type { Invoice } from './invoice.js';
import { percentOf } from './render-json.js';

const COLUMNS = ['number', 'org', 'month', 'line', 'section', 'label', 'provider', 'model', 'markup_percent', 'calls', 'input_tokens', 'output_tokens', 'unpriced_calls', 'base_usd', 'markup_usd', 'exact_usd', 'amount_usd'];
const BLANKS = Array<null>(9).fill(null);

/** The invoice as a table: a row for each line, and rows without a number for balances and the total. */
export function renderCsv(invoice: Invoice): Buffer {
  const head = [invoice.number ?? 'draft', invoice.org.name, invoice.month];
  const summary = (section: string, label: string, exact: bigint, amount: bigint) => [...head, null, section, label, ...BLANKS, formatUsd(exact), formatUsd(amount)];
  const rows = invoice.lines.map((line) => [
    ...head,
    ...[line.line, line.section, line.label, line.provider, line.model, percentOf(line.markupBps)],
    ...[line.calls, line.inputTokens, line.outputTokens, line.unpricedCalls],
    ...[line.baseNanoUsd, line.markupNanoUsd, line.exactNanoUsd, line.amountNanoUsd].map(formatUsd),
  ]);
  return Buffer.from(
    toCsv([
      COLUMNS,
      summary('opening_balance', 'Opening balance', invoice.openingNanoUsd, invoice.openingNanoUsd),
      ...rows,
      summary('total', 'Total', invoice.chargesNanoUsd, invoice.totalNanoUsd),
      summary('closing_balance', 'Closing balance', invoice.closingNanoUsd, invoice.closingNanoUsd),
    ]),
  );
}
