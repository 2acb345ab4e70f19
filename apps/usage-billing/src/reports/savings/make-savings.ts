import { SavingsQuery, type Meters, type Savings } from '@byok/contracts';
import { AppError, formatUsd } from '@byok/kernel';
import { MARKUP_BPS } from '@byok/ledger';
import { matchPrice, priceOfMany, type PriceBook, type PriceVersion } from '@byok/pricing';
import { sumForSavings, type SavingsGroup } from '../../store/savings.store.js';
import { findOrg } from '../../store/tiers.store.js';
import { parse } from '../../wire/parse.js';
import type { ReportDeps } from '../get-report.js';
import { periodOf, type ReportAsk } from '../report-request.js';
import { waterfall, type SavingsSums } from './waterfall.js';

const NOTE = 'What the same tokens would have cost on the baseline, at its price at the end of the period. Another model may need more or fewer tokens, and does not answer as well or as badly.';

const Question = SavingsQuery.pick({ baseline: true }).required();

/** What was saved against a baseline that the asker declares, step by step. What cannot be compared is left out of every number, and counted. */
export async function makeSavings(deps: ReportDeps, ask: ReportAsk): Promise<Savings> {
  const period = periodOf(ask);
  const book = await deps.prices.current(deps.db);
  const baseline = findBaseline(book, ask, parse(Question, ask.question).baseline, Math.min(Date.parse(period.to), deps.clock.now()) - 1);
  const tier = (await findOrg(deps.db, ask.orgId))?.tier ?? 'enterprise';
  const groups = await sumForSavings(deps.db, { ...ask, ...period }, baseline.tiers.map((each) => each.aboveInputTokens));
  const compared = groups.map((group) => compare(group, baseline, priceById(book)));
  const sums = compared.reduce(added, NOTHING);
  const { steps, actual, saved, savedHundredths } = waterfall(sums, MARKUP_BPS[tier]);
  return {
    ...period,
    baseline: { provider: baseline.provider, model: baseline.model, priceId: baseline.id },
    tier,
    steps: steps.map(({ step, nanoUsd }) => ({ step, usd: formatUsd(nanoUsd) })),
    actualUsd: formatUsd(actual),
    savedUsd: formatUsd(saved),
    savedPercent: sums.baseline > 0n ? `${savedHundredths / 100n}.${(savedHundredths < 0n ? -savedHundredths % 100n : savedHundredths % 100n).toString().padStart(2, '0')}` : null,
    attempts: countOf(groups.filter((_, index) => compared[index])),
    leftOutAttempts: countOf(groups.filter((_, index) => !compared[index])),
    note: NOTE,
  };
}

function findBaseline(book: PriceBook, { orgId }: ReportAsk, name: string, at: number): PriceVersion {
  const [provider, model] = [name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)];
  const price = matchPrice(book, provider, model, at, orgId);
  if (!price) throw new AppError('price_unknown', 'The baseline has no price at that time: a saving against it cannot be told.', { details: { field: 'baseline' } });
  return price;
}

function priceById(book: PriceBook): (id: string) => PriceVersion | undefined {
  const prices = new Map([...book.values()].flat().map((price) => [price.id, price]));
  return (id) => prices.get(id);
}

const NOTHING: SavingsSums = { baseline: 0n, withoutCache: 0n, listOnOwnKeys: 0n, listOnCredits: 0n, charged: 0n };

function added(sums: SavingsSums, more: SavingsSums | undefined): SavingsSums {
  if (!more) return sums;
  return Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, value + more[name as keyof SavingsSums]])) as unknown as SavingsSums;
}

/** undefined: one of the prices is not known. */
function compare(group: SavingsGroup, baseline: PriceVersion, priceOf: (id: string) => PriceVersion | undefined): SavingsSums | undefined {
  const price = group.price_id === null ? undefined : priceOf(group.price_id);
  if (!group.is_settled || !price) return undefined;
  const meters = plainMeters(group);
  const [attempts, inputOfOne] = [Number(group.attempts), Number(group.input_of_one)];
  const [onBaseline, withoutCache] = [priceOfMany(meters, attempts, inputOfOne, baseline), priceOfMany(meters, attempts, inputOfOne, price)];
  if (onBaseline === 'unknown' || withoutCache === 'unknown') return undefined;
  const isOwn = group.key_owner !== 'platform';
  const cost = BigInt(group.cost);
  return { baseline: onBaseline, withoutCache, listOnOwnKeys: isOwn ? cost : 0n, listOnCredits: isOwn ? 0n : cost, charged: BigInt(group.charged) };
}

/** As if nothing had been read from a cache or written to one: every token of input is plain input. */
function plainMeters(group: SavingsGroup): Meters {
  const input = Number(group.input_uncached) + Number(group.cache_read) + Number(group.cache_write_5m) + Number(group.cache_write_1h);
  return { inputUncached: input, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: Number(group.output), reasoning: Number(group.reasoning), audioIn: Number(group.audio_in), audioOut: Number(group.audio_out) };
}

function countOf(groups: readonly SavingsGroup[]): number {
  return groups.reduce((sum, group) => sum + Number(group.attempts), 0);
}
