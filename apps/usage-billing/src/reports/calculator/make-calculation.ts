import { Calculate, type Calculation } from '@byok/contracts';
import { formatUsd, picoToNano, type NanoUsd } from '@byok/kernel';
import { matchPrice, priceOfMany, rateFromUsdPerMillion } from '@byok/pricing';
import { sumUsage } from '../../store/usage-totals.store.js';
import { parse } from '../../wire/parse.js';
import type { ReportDeps } from '../get-report.js';
import { periodOf, type ReportAsk } from '../report-request.js';
import { costByTier } from './calculate.js';

/** What tokens cost on one model beside another, on a key of one's own and on credits in each tier, by the prices of now. */
export async function makeCalculation(deps: ReportDeps, ask: ReportAsk): Promise<Calculation> {
  const { tokens: told, models, blended } = parse(Calculate, ask.question);
  const tokens = told ?? (models.length > 0 ? await tokensUsed(deps, ask) : null);
  const book = await deps.prices.current(deps.db);
  const items = models.map((name) => {
    const price = matchPrice(book, name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1), deps.clock.now(), ask.orgId);
    const list = price && tokens ? priceOfMany(metersOf(tokens), tokens.requests, Math.ceil(tokens.input / Math.max(tokens.requests, 1)), price) : 'unknown';
    return itemOf(name, price?.id ?? null, list === 'unknown' ? null : list);
  });
  const mixed = blended ? [itemOf('blended', null, picoToNano(BigInt(blended.tokens) * rateFromUsdPerMillion(blended.usdPerMillionTokens).picoUsd))] : [];
  return { tokens, items: [...items, ...mixed] };
}

/** What was used in a period; a request of average size tells the context tier. */
async function tokensUsed({ db }: ReportDeps, ask: ReportAsk): Promise<NonNullable<Calculation['tokens']>> {
  const { rows } = await sumUsage(db, { orgId: ask.orgId, filters: ask.filters, ...periodOf(ask), groupBy: [], after: null, limit: 1, latency: false });
  const row = rows[0]!;
  return { input: Number(row.input_tokens), cachedInput: Number(row.cached_tokens), output: Number(row.output_tokens), requests: Number(row.attempts) };
}

function metersOf({ input, cachedInput, output }: NonNullable<Calculation['tokens']>): Parameters<typeof priceOfMany>[0] {
  return { inputUncached: input - cachedInput, cacheRead: cachedInput, cacheWrite5m: 0, cacheWrite1h: 0, output, reasoning: 0, audioIn: 0, audioOut: 0 };
}

function itemOf(name: string, priceId: string | null, list: NanoUsd | null): Calculation['items'][number] {
  const tiers = list === null ? [] : costByTier(list).map(({ tier, markup, total }) => ({ tier, markupUsd: formatUsd(markup), totalUsd: formatUsd(total) }));
  return { name, priceId, listUsd: list === null ? null : formatUsd(list), tiers };
}
