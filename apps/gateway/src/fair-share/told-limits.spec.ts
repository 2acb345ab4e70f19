import { findProvider } from '@byok/providers';
import { numberIn, resetMs, toldLimitsOf } from './told-limits.js';

const told = (id: string) => toldLimitsOf(findProvider(id)!);

describe('toldLimitsOf', () => {
  it('finds the headers of each limit among those a provider sends', () => {
    expect(told('openai')).toEqual({
      requests: { limit: 'x-ratelimit-limit-requests', remaining: 'x-ratelimit-remaining-requests', reset: 'x-ratelimit-reset-requests' },
      tokens: { limit: 'x-ratelimit-limit-tokens', remaining: 'x-ratelimit-remaining-tokens', reset: 'x-ratelimit-reset-tokens' },
    });
    expect(told('anthropic')).toMatchObject({
      requests: { limit: 'anthropic-ratelimit-requests-limit', remaining: 'anthropic-ratelimit-requests-remaining', reset: 'anthropic-ratelimit-requests-reset' },
      tokens: { remaining: 'anthropic-ratelimit-tokens-remaining' },
    });
    expect(told('openrouter')).toEqual({ requests: { limit: 'x-ratelimit-limit', remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset' }, tokens: undefined });
    expect(told('together')).toMatchObject({ requests: { remaining: 'x-ratelimit-remaining' }, tokens: { limit: 'x-tokenlimit-limit', remaining: 'x-tokenlimit-remaining' } });
    expect(told('aws-bedrock')).toBeNull();
    expect(told('google')).toBeNull();
  });
});

describe('resetMs', () => {
  const now = Date.parse('2026-01-02T03:04:05Z');
  const of = (text: string): number => resetMs({ reset: text }, 'reset', now);
  it.each([
    ['6m0s', 360_000],
    ['20ms', 20],
    ['1.5s', 1_500],
    ['1h2m3s', 3_723_000],
    ['2026-01-02T03:04:35Z', 30_000],
    ['2026-01-02T03:00:00Z', 0],
    [String(now / 1_000 + 7), 7_000],
    [String(now + 900), 900],
    ['12', 12_000],
    ['soon', Number.NaN],
    ['', Number.NaN],
  ])('reads %s', (text, ms) => expect(of(text)).toBe(ms));

  it('takes nothing for a number that is none', () => {
    expect([numberIn({ a: '41' }, 'a'), numberIn({ a: 'many' }, 'a'), numberIn({}, 'a'), numberIn({}, undefined)]).toEqual([41, Number.NaN, Number.NaN, Number.NaN]);
  });
});
