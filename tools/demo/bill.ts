import type { UsageLine } from '../../e2e/support/world.js';
import type { Caller } from './company.js';

const HEAD = ['who', 'key owner', 'model', 'calls', 'input', 'cached', 'output', 'cost USD', 'charged USD'];

/** The bill by user, key owner and model, as a table. A price that is not known is shown as unknown, never as nothing. */
export function printBill(lines: readonly UsageLine[], callers: readonly Caller[]): void {
  const rows = lines.map((line) => rowOf(line, callers)).sort((one, other) => one.join().localeCompare(other.join()));
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  const format = (row: readonly string[]): string => row.map((cell, column) => (column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  process.stdout.write(`\n${[format(HEAD), rule, ...rows.map(format)].join('\n')}\n\n`);
}

function rowOf(line: UsageLine, callers: readonly Caller[]): string[] {
  const who = callers.find((caller) => caller.tokenId === line.token)?.name ?? 'somebody else';
  const figures = [line.requests, line.inputTokens, line.cachedTokens, line.outputTokens].map(String);
  return [who, line.owner ?? 'none', line.model ?? 'none', ...figures, line.costUsd ?? 'unknown', line.chargedUsd];
}
