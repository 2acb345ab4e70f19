import type { PriceVersion } from '@byok/pricing';
import type { ConditionalPrice, ModelInfo, Provider } from '@pydantic/genai-prices';
import { providersAndSources } from './provider-names.js';
import { translateMatch } from './translate-match.js';
import { translateRates } from './translate-rates.js';

/** What the source tells of a price; id and stretch of time of what we store are the import's business. */
export type SourcePrice = Omit<PriceVersion, 'id' | 'source' | 'layer' | 'orgId'>;

/** All of genai-prices' data as ours, and how many of its numbers were finer than a pico-USD. */
export function translatePrices(providers: readonly Provider[]): { prices: SourcePrice[]; rounded: number } {
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  let rounded = 0;
  const prices = providersAndSources([...byId.keys()]).flatMap(([provider, sources]) => {
    const models = sources.flatMap((id) => byId.get(id)?.models ?? []);
    return models.flatMap((model, rank) => versionsOf(model).map((version, precedence) => {
      const { rounded: more, ...rates } = translateRates(version.price);
      rounded += more;
      return { provider, model: model.id, match: translateMatch(model.match), rank, precedence, ...rates, ...version.inForce };
    }));
  });
  return { prices, rounded };
}

type InForce = Pick<PriceVersion, 'effectiveFrom' | 'effectiveTo' | 'dailyWindow'>;

const ALWAYS: InForce = { effectiveFrom: null, effectiveTo: null, dailyWindow: null };

/** In the source the last price that applies counts: a dated one ends the one before it, a daily window runs on top of them. */
function versionsOf(model: ModelInfo): { price: ConditionalPrice['prices']; inForce: InForce }[] {
  if (!Array.isArray(model.prices)) return [{ price: model.prices, inForce: ALWAYS }];
  const starts = model.prices.map(({ constraint }) => (constraint?.type === 'start_date' ? Date.parse(`${constraint.start_date}T00:00:00Z`) : null));
  return model.prices.map(({ prices: price, constraint }, index) => {
    if (constraint?.type === 'time_of_date') {
      return { price, inForce: { ...ALWAYS, dailyWindow: { from: secondOfDay(constraint.start_time), to: secondOfDay(constraint.end_time) } } };
    }
    const effectiveTo = starts.slice(index + 1).find((start) => start !== null) ?? null;
    return { price, inForce: { effectiveFrom: starts[index] ?? null, effectiveTo, dailyWindow: null } };
  });
}

function secondOfDay(time: string): number {
  const match = /^(\d{2}):(\d{2}):(\d{2})Z$/.exec(time);
  if (!match) throw new Error(`No translation for the time of day ${time}`);
  return Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
}
