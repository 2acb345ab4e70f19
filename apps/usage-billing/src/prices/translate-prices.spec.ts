import { matchPrice, openPriceBook, priceOf, type PriceVersion } from '@byok/pricing';
import type { Meters } from '@byok/contracts';
import { calcPrice, waitForUpdate, type Provider, type Usage } from '@pydantic/genai-prices';
import { translateMatch } from './translate-match.js';
import { translatePrices } from './translate-prices.js';

const providers = (await waitForUpdate()) as Provider[];
const { prices, rounded } = translatePrices(providers);
const book = openPriceBook(prices.map((price, index): PriceVersion => ({ ...price, id: `prc_${index}`, source: 'genai-prices', layer: 'imported', orgId: null })));

const METERS: Meters = { inputUncached: 70_001, cacheRead: 20_003, cacheWrite5m: 307, cacheWrite1h: 0, output: 4_099, reasoning: 1_013, audioIn: 0, audioOut: 0 };
const NOTHING: Meters = { inputUncached: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0, audioIn: 0, audioOut: 0 };
const LARGE: Meters = { ...METERS, inputUncached: 600_001 };

/** The same usage in the oracle's words, where input and output hold everything. */
function usageOf(meters: Meters): Usage {
  return {
    input_tokens: meters.inputUncached + meters.cacheRead + meters.cacheWrite5m + meters.cacheWrite1h,
    cache_read_tokens: meters.cacheRead,
    cache_write_tokens: meters.cacheWrite5m,
    output_tokens: meters.output,
    output_reasoning_tokens: meters.reasoning,
  };
}

function costs(provider: string, sourceId: string, model: string, meters: Meters, at: Date) {
  const oracle = calcPrice(usageOf(meters), model, { providerId: sourceId, timestamp: at });
  const price = matchPrice(book, provider, model, at.getTime());
  return { oracle, price, ours: price ? priceOf(meters, price) : 'no price' };
}

describe('translatePrices', () => {
  it('takes over every provider and every model', () => {
    expect(providers).toHaveLength(43);
    const sourceModels = providers.flatMap((provider) => provider.models.map((model) => model.id));
    expect(sourceModels).toHaveLength(1_694);
    const kept = new Set(prices.map((price) => price.model));
    expect(sourceModels.filter((model) => !kept.has(model))).toEqual([]);
    expect(rounded).toBeLessThan(20);
  });

  it('agrees with genai-prices about every model it can name, at several dates and sizes', () => {
    const names: Record<string, string> = { 'x-ai': 'xai', moonshotai: 'moonshot', voyageai: 'voyage', aws: 'aws-bedrock' };
    let compared = 0;
    const wrong: unknown[] = [];
    for (const source of providers.filter((each) => each.id !== 'azure')) {
      for (const model of source.models) {
        for (const [meters, at] of [[METERS, '2026-09-30T12:00:00Z'], [LARGE, '2026-09-30T02:00:00Z'], [METERS, '2025-01-01T20:00:00Z']] as const) {
          const { oracle, price, ours } = costs(names[source.id] ?? source.id, source.id, model.id, meters, new Date(at));
          if (oracle === null && ours === 'no price') continue;
          // Embeddings have no output price, images and hours no token price: the oracle counts what it cannot price as 0.
          if (ours === 'unknown' && (price?.rates.input === undefined || price.rates.output === undefined)) continue;
          compared += 1;
          // Rounded once to a nano-USD, the float's own error, and the few rates finer than a pico-USD.
          const theirs = (oracle?.total_price ?? NaN) * 1e9;
          if (typeof ours === 'string' || !(Math.abs(Number(ours.nanoUsd) - theirs) <= 1.5 + meters.cacheWrite5m * 0.001 + theirs * 1e-9)) wrong.push({ source: source.id, model: model.id, at, ours, theirs });
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(4_000);
  });

  it.each([
    ['openai', 'gpt-4o', { inputUncached: 500_000, cacheRead: 500_000 }, '2026-01-01', 1_875_000_000n],
    ['google', 'gemini-2.5-pro', { inputUncached: 200_000, output: 1_000 }, '2026-01-01', 260_000_000n],
    ['google', 'gemini-2.5-pro', { inputUncached: 200_001, output: 1_000 }, '2026-01-01', 515_002_500n],
    ['openai', 'o3', { inputUncached: 1_000_000, output: 1_000_000 }, '2025-06-09', 50_000_000_000n],
    ['openai', 'o3', { inputUncached: 1_000_000, output: 1_000_000 }, '2025-06-10', 10_000_000_000n],
    ['anthropic', 'claude-sonnet-4-5', { inputUncached: 10, cacheWrite1h: 100_000 }, '2026-01-01', 600_030_000n],
    ['openrouter', 'openai/gpt-4o', { inputUncached: 1_000_000 }, '2026-01-01', 2_500_000_000n],
    ['azure-openai', 'gpt-4o-2024-08-06', { inputUncached: 1_000_000 }, '2026-01-01', 2_500_000_000n],
  ] as const)('%s %s %j on %s', (provider, model, meters, day, nanoUsd) => {
    const price = matchPrice(book, provider, model, Date.parse(day))!;
    expect(priceOf({ ...NOTHING, ...meters }, price)).toEqual({ nanoUsd });
  });

  it.each([
    ['openai', 'whisper-1'],
    ['google', 'gemini-2.5-flash-image'],
    ['perplexity', 'sonar-deep-research'],
  ])('leaves %s %s unknown: tokens do not say what it costs', (provider, model) => {
    expect(priceOf(METERS, matchPrice(book, provider, model, Date.parse('2026-01-01'))!)).toBe('unknown');
  });

  it.each([['openai', 'my-own-model'], ['azure-openai', 'production-deployment'], ['lmstudio', 'llama-3'], ['nobody', 'gpt-4o']])('has no price for %s %s', (provider, model) => {
    expect(matchPrice(book, provider, model, Date.parse('2026-01-01'))).toBeUndefined();
  });
});

describe('translateMatch', () => {
  it('translates what can be matched in linear time and refuses the rest', () => {
    expect(translateMatch({ regex: '^gpt-5\\.4-\\d{4}-\\d{2}-\\d{2}$' })).toEqual({ pattern: 'gpt-5.4-####-##-##' });
    expect(translateMatch({ regex: '^gemini-3\\.5-flash-\\d' })).toEqual({ pattern: 'gemini-3.5-flash-#*' });
    expect(translateMatch({ regex: '^grok-4\\.5\\[fast=false\\]$' })).toEqual({ pattern: 'grok-4.5[fast=false]' });
    for (const regex of ['^(a+)+$', 'gpt', '^gpt.$', '^\\w+$', '^a|b$', '^a*$']) expect(() => translateMatch({ regex })).toThrow('No translation');
  });
});
