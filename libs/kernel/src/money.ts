/** Money: a whole number of nano-USD (1 USD = 1,000,000,000). Never a float. */
export type NanoUsd = bigint;

/** A rate: a whole number of pico-USD per unit (1 USD per million tokens = 1,000,000 pico-USD per token). */
export type PicoUsdPerUnit = bigint;

const NANO_PER_USD = 1_000_000_000n;
const PICO_PER_NANO = 1_000n;

/** Divides rounding half to even; `divisor` > 0. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend % divisor;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  if (twice < divisor || (twice === divisor && quotient % 2n === 0n)) return quotient;
  return dividend < 0n ? quotient - 1n : quotient + 1n;
}

/** pico-USD → nano-USD, rounded half to even. Round once per request and component. */
export function picoToNano(pico: bigint): NanoUsd {
  return divideHalfEven(pico, PICO_PER_NANO);
}

/** Decimal USD with at least two and at most nine places: 1500000n → "0.0015". */
export function formatUsd(amount: NanoUsd): string {
  const sign = amount < 0n ? '-' : '';
  const absolute = amount < 0n ? -amount : amount;
  const fraction = (absolute % NANO_PER_USD).toString().padStart(9, '0').replace(/0{1,7}$/, '');
  return `${sign}${absolute / NANO_PER_USD}.${fraction}`;
}

/** Reads a decimal USD string with at most nine places; throws RangeError on anything else. */
export function parseUsd(text: string): NanoUsd {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) throw new RangeError('Money is a decimal string with at most nine places, such as "12.50".');
  const amount = BigInt(match[2]!) * NANO_PER_USD + BigInt((match[3] ?? '').padEnd(9, '0'));
  return match[1] ? -amount : amount;
}
