/** How far a number has come: a name says what was read last. */
const NOTHING = 0;
const MINUS = 1;
const ZERO = 2;
const WHOLE = 3;
const POINT = 4;
const FRACTION = 5;
const POWER = 6;
const POWER_SIGN = 7;
const POWER_DIGIT = 8;
export const NUMBER_BEGINS = NOTHING;
/** The byte is no part of the number. */
export const NUMBER_STOPS = 9;

const NEXT_STAGE = new Uint8Array(NUMBER_STOPS << 8).fill(NUMBER_STOPS);
const DIGITS_AFTER: readonly [stage: number, next: number][] = [
  [NOTHING, WHOLE],
  [MINUS, WHOLE],
  [WHOLE, WHOLE],
  [POINT, FRACTION],
  [FRACTION, FRACTION],
  [POWER, POWER_DIGIT],
  [POWER_SIGN, POWER_DIGIT],
  [POWER_DIGIT, POWER_DIGIT],
];
for (const [stage, next] of DIGITS_AFTER) NEXT_STAGE.fill(next, (stage << 8) + 0x30, (stage << 8) + 0x3a);
for (const stage of [NOTHING, MINUS]) NEXT_STAGE[(stage << 8) + 0x30] = ZERO;
NEXT_STAGE[(NOTHING << 8) + 0x2d] = MINUS;
for (const stage of [ZERO, WHOLE]) NEXT_STAGE[(stage << 8) + 0x2e] = POINT;
for (const stage of [ZERO, WHOLE, FRACTION]) for (const letter of [0x45, 0x65]) NEXT_STAGE[(stage << 8) + letter] = POWER;
for (const sign of [0x2b, 0x2d]) NEXT_STAGE[(POWER << 8) + sign] = POWER_SIGN;

/** What a byte makes of a number that has come to `stage`. */
export function numberWith(stage: number, byte: number): number {
  return NEXT_STAGE[(stage << 8) + byte]!;
}

/** Whether a number may end there. */
export function isWholeNumber(stage: number): boolean {
  return stage === ZERO || stage === WHOLE || stage === FRACTION || stage === POWER_DIGIT;
}
