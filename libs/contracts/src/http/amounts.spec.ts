import { CreateBudget, CreateCreditNote, GrantCredits, PageQuery, PutPrice, RateLimits, ShareWeight, UpdateBudget } from '../index.js';

const price = (over: object) => PutPrice.safeParse({ provider: 'openai', model: 'gpt-4o', rates: { input: '2.5' }, source: 'contract', ...over });
const grant = (amountUsd: unknown) => GrantCredits.safeParse({ amountUsd, kind: 'paid', idempotencyKey: 'one-and-only-0001' });

/** Where an amount of money goes in, by its value. */
const PLACES: Record<string, (value: unknown) => { success: boolean }> = {
  'a rate': (value) => price({ rates: { output: value } }),
  'a price per request': (value) => price({ requestUsd: value }),
  'the amount of a budget': (value) => UpdateBudget.safeParse({ amountUsd: value }),
  'a grant of credits': grant,
  'a credit note': (value) => CreateCreditNote.safeParse({ amountUsd: value, reason: 'x', reference: 'r-1' }),
};
const NO_AMOUNTS = ['-1', '1e308', '1e9', 'NaN', 'Infinity', '0x10', '1,5', '', ' 1', '1 ', '+1', '.5', '5.', '0.123456789012345678901234567890', '1'.repeat(30), '١٢', 1, 1.5, -1, 1e308, true, [], {}];

describe('numbers that come from outside', () => {
  it.each(Object.entries(PLACES).flatMap(([place, parse]) => NO_AMOUNTS.map((value) => [place, value, parse] as const)))('C14 do not become %s: %j', (_place, value, parse) => {
    expect(parse(value).success).toBe(false);
  });

  it('C14 are amounts as people write them, and zero where that means something', () => {
    expect(price({ rates: { input: '2.5', output: '0' }, requestUsd: '0.000000001' }).success).toBe(true);
    expect(UpdateBudget.safeParse({ amountUsd: '999999999.123456789' }).success).toBe(true);
    for (const [place, parse] of Object.entries(PLACES)) expect([place, parse('1.25').success]).toEqual([place, true]);
    expect([grant('12.50').success, grant('0').success, grant('0.000').success]).toEqual([true, false, false]);
  });

  it('C14 are whole and within bounds where they count', () => {
    const limits = Object.keys(RateLimits.shape);
    expect(limits.length).toBeGreaterThan(0);
    for (const value of [-1, 0.5, 1e308, Number.NaN, Number.POSITIVE_INFINITY, '5', '1e9', null]) {
      for (const name of limits) expect([name, value, RateLimits.safeParse({ [name]: value }).success]).toEqual([name, value, false]);
      expect([value, ShareWeight.safeParse({ weight: value }).success, CreateBudget.safeParse({ name: 'x', amountUsd: '1', period: 'month', thresholds: [value] }).success]).toEqual([value, false, false]);
    }
    for (const value of ['-1', '0', '1e9', '201', '1.5', 'NaN']) expect([value, PageQuery.safeParse({ limit: value }).success]).toEqual([value, false]);
  });
});
