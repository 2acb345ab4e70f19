import { divideHalfEven, type NanoUsd } from '@byok/kernel';
import { parseCsv, refuse } from './parse-csv.js';

export const EXPORT_FORMATS = ['generic', 'openai', 'anthropic'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What a provider says a day of a key and a model cost; '' where its export does not tell. */
export interface CostRow {
  /** YYYY-MM-DD, UTC */
  day: string;
  key: string;
  model: string;
  amountNanoUsd: NanoUsd;
}

export interface ExportNames {
  /** Their name of a key → our key's id. */
  keys: Readonly<Record<string, string>>;
  /** Their name of a model → ours. */
  models: Readonly<Record<string, string>>;
}

/** Where a format keeps what: the first column that is there. */
interface Columns {
  day: readonly string[];
  key: readonly string[];
  model: readonly string[];
  amount: readonly string[];
  currency: readonly string[];
}

const COLUMNS: Readonly<Record<ExportFormat, Columns>> = {
  generic: { day: ['date', 'day'], key: ['key'], model: ['model'], amount: ['amount', 'amount_usd', 'cost', 'cost_usd'], currency: ['currency'] },
  // Costs of a project by day; `line_item` is a model and what of it, such as "gpt-4o-2024-08-06, input".
  openai: { day: ['start_time_iso', 'date'], key: ['api_key_id', 'api_key_name', 'project_id', 'project_name'], model: ['model', 'line_item'], amount: ['amount_value', 'cost_usd'], currency: ['amount_currency'] },
  anthropic: { day: ['usage_date_utc', 'date'], key: ['api_key_id', 'api_key', 'workspace'], model: ['model', 'model_version'], amount: ['cost_usd'], currency: ['currency'] },
};

/** The rows of a cost export, summed by day, key and model, with our names. @throws AppError invalid_request saying which row and why */
export function readExport(format: ExportFormat, csv: string, names: ExportNames): CostRow[] {
  const rows = parseCsv(csv);
  const columns = COLUMNS[format];
  const find = (wanted: readonly string[]) => wanted.find((name) => name in rows[0]!);
  const [day, key, model, amount, currency] = [columns.day, columns.key, columns.model, columns.amount, columns.currency].map(find);
  if (day === undefined || amount === undefined) throw refuse(`It needs the columns ${columns.day[0]} and ${columns.amount[0]}.`);
  const sums = new Map<string, CostRow>();
  rows.forEach((row, index) => {
    // A bucket without costs.
    if (row[amount] === '') return;
    if (currency !== undefined && row[currency] !== '' && row[currency]!.toLowerCase() !== 'usd') throw refuse(`Row ${index + 2} is not in USD.`);
    const cost: CostRow = { day: dayOf(row[day]!, index), key: keyOf(key && row[key], names), model: modelOf(model && row[model], names), amountNanoUsd: amountOf(row[amount]!, index) };
    const name = JSON.stringify([cost.day, cost.key, cost.model]);
    const known = sums.get(name);
    sums.set(name, known ? { ...known, amountNanoUsd: known.amountNanoUsd + cost.amountNanoUsd } : cost);
  });
  if (sums.size === 0) throw refuse('It has no costs.');
  return [...sums.values()];
}

/**
 * One name for a model, however it is written: "Claude Haiku 4.5" and claude-haiku-4-5-20251001 are one, and a snapshot is its model.
 */
export function commonModelName(name: string): string {
  return name.trim().toLowerCase().replace(/[\s.]+/g, '-').replace(/-(20\d{6}|20\d{2}-\d{2}-\d{2})$/, '');
}

function keyOf(name: string | undefined, { keys }: ExportNames): string {
  return name ? (Object.hasOwn(keys, name) ? keys[name]! : name.slice(0, 256)) : '';
}

function modelOf(name: string | undefined, { models }: ExportNames): string {
  if (!name) return '';
  const model = name.split(',')[0]!.trim();
  return commonModelName(Object.hasOwn(models, name) ? models[name]! : Object.hasOwn(models, model) ? models[model]! : model).slice(0, 256);
}

function dayOf(text: string, index: number): string {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
  if (!day || Number.isNaN(Date.parse(day)) || new Date(day).toISOString().slice(0, 10) !== day) throw refuse(`Row ${index + 2} has no date.`);
  return day;
}

/** Decimal USD, of any number of places, to the nearest nano-USD. */
function amountOf(text: string, index: number): NanoUsd {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,2}))?$/i.exec(text);
  if (!match) throw refuse(`Row ${index + 2} has no amount.`);
  const fraction = match[3] ?? '';
  const digits = BigInt(match[2]! + fraction);
  const shift = 9 + Number(match[4] ?? 0) - fraction.length;
  const amount = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfEven(digits, 10n ** BigInt(-shift));
  return match[1] ? -amount : amount;
}
