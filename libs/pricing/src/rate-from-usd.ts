import { divideHalfEven, type PicoUsdPerUnit } from '@byok/kernel';

/** 1 USD per million tokens is 1,000,000 pico-USD per token. */
const PLACES = 6;

/**
 * A rate in pico-USD from a decimal price in USD per million units; `isRounded` when the price is finer than a pico-USD.
 * @throws RangeError when the text is not a plain or scientific decimal number, or negative
 */
export function rateFromUsdPerMillion(text: string): { picoUsd: PicoUsdPerUnit; isRounded: boolean } {
  const match = /^(\d{1,15})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,2}))?$/i.exec(text);
  if (!match) throw new RangeError('A price is a decimal number of USD that is not negative.');
  const fraction = match[2] ?? '';
  const digits = BigInt(match[1]! + fraction);
  const shift = PLACES + Number(match[3] ?? 0) - fraction.length;
  if (shift >= 0) return { picoUsd: digits * 10n ** BigInt(shift), isRounded: false };
  const divisor = 10n ** BigInt(-shift);
  return { picoUsd: divideHalfEven(digits, divisor), isRounded: digits % divisor !== 0n };
}

/** The other way round: pico-USD per token as USD per million tokens, without needless zeros. */
export function usdPerMillionFromRate(rate: PicoUsdPerUnit): string {
  const fraction = (rate % 1_000_000n).toString().padStart(PLACES, '0').replace(/0+$/, '');
  return fraction === '' ? `${rate / 1_000_000n}` : `${rate / 1_000_000n}.${fraction}`;
}
