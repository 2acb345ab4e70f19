import fc from 'fast-check';
import { matches } from './matches.js';
import { matchPrice, openPriceBook } from './match-price.js';
import { aPrice } from './price.builder.js';

const at = (text: string): number => Date.parse(text);
const SINCE_EVER = at('2020-01-01T00:00:00Z');

describe('matches', () => {
  it('compares names without regard to case, by every kind of clause', () => {
    expect(matches({ equals: 'GLM-5.2' }, 'glm-5.2')).toBe(true);
    expect(matches({ startsWith: 'gpt-4o' }, 'gpt-4o-mini')).toBe(true);
    expect(matches({ endsWith: '-latest' }, 'claude-latest')).toBe(true);
    expect(matches({ contains: 'sonnet' }, 'claude-sonnet-4')).toBe(true);
    expect(matches({ and: [{ startsWith: 'gemini' }, { not: { endsWith: '-tts' } }] }, 'gemini-2.5-flash-tts')).toBe(false);
    expect(matches({ or: [{ equals: 'a' }, { equals: 'b' }] }, 'b')).toBe(true);
  });

  it('reads # as one digit and a * at the end as any rest', () => {
    expect(matches({ pattern: 'gpt-5-####-##-##' }, 'gpt-5-2025-08-07')).toBe(true);
    expect(matches({ pattern: 'gpt-5-####-##-##' }, 'gpt-5-2025-08-07x')).toBe(false);
    expect(matches({ pattern: 'gpt-5-####-##-##' }, 'gpt-5-mini-20-08')).toBe(false);
    expect(matches({ pattern: 'gemini-3.5-flash-#*' }, 'gemini-3.5-flash-0815-preview')).toBe(true);
    expect(matches({ pattern: 'gemini-3.5-flash-#*' }, 'gemini-3.5-flash-')).toBe(false);
  });

  it('takes time in proportion to the name, whatever the name', () => {
    fc.assert(fc.property(fc.string({ maxLength: 10_000 }), (name) => typeof matches({ pattern: `${'#'.repeat(50)}*` }, name) === 'boolean'));
  });
});

describe('matchPrice', () => {
  it('keeps the history of o3: another price from 2025-06-10 on', () => {
    const book = openPriceBook([
      aPrice({ id: 'new', model: 'o3', match: { equals: 'o3' }, precedence: 1, effectiveFrom: at('2025-06-10T00:00:00Z') }),
      aPrice({ id: 'old', model: 'o3', match: { equals: 'o3' }, effectiveTo: at('2025-06-10T00:00:00Z') }),
    ]);
    expect(matchPrice(book, 'openai', 'o3', at('2025-06-09T23:59:59.999Z'))?.id).toBe('old');
    expect(matchPrice(book, 'openai', 'o3', at('2025-06-10T00:00:00Z'))?.id).toBe('new');
  });

  it('uses a daily window within its hours, over midnight too, and the day price otherwise', () => {
    const book = openPriceBook([
      aPrice({ id: 'day' }),
      aPrice({ id: 'night', precedence: 1, dailyWindow: { from: 16.5 * 3600, to: 1800 } }),
    ]);
    const idAt = (time: string) => matchPrice(book, 'openai', 'gpt-test', at(`2026-05-01T${time}Z`))?.id;
    expect(['00:29:59', '00:30:00', '16:29:59', '16:30:00', '23:59:59'].map(idAt)).toEqual(['night', 'day', 'day', 'night', 'night']);
  });

  it('takes the first model in rank order that matches', () => {
    const book = openPriceBook([
      aPrice({ id: 'family', rank: 2, match: { startsWith: 'gpt-4o' } }),
      aPrice({ id: 'mini', rank: 1, match: { startsWith: 'gpt-4o-mini' } }),
    ]);
    expect(matchPrice(book, 'openai', 'gpt-4o-mini-2024-07-18', SINCE_EVER)?.id).toBe('mini');
    expect(matchPrice(book, 'openai', 'gpt-4o', SINCE_EVER)?.id).toBe('family');
  });

  it('finds a date that is written without dashes', () => {
    const book = openPriceBook([aPrice({ match: { equals: 'gpt-4o-2024-08-06' } })]);
    expect(matchPrice(book, 'openai', 'gpt-4o-20240806', SINCE_EVER)).toBeDefined();
  });

  it('does not know a model of another provider, an unlisted model, or a moment before the first price', () => {
    const book = openPriceBook([aPrice({ effectiveFrom: SINCE_EVER })]);
    expect(matchPrice(book, 'groq', 'gpt-test', SINCE_EVER)).toBeUndefined();
    expect(matchPrice(book, 'openai', 'gpt-test-2', SINCE_EVER)).toBeUndefined();
    expect(matchPrice(book, 'openai', 'gpt-test', SINCE_EVER - 1)).toBeUndefined();
  });
});
