import fc from 'fast-check';
import { isTimeZone, PERIODS, windowOf } from './window.js';

const NEW_YORK = 'America/New_York';
const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);
const shown = (...question: Parameters<typeof windowOf>) => {
  const { start, end } = windowOf(...question);
  return [new Date(start).toISOString(), end === null ? null : new Date(end).toISOString()];
};

describe('windowOf', () => {
  it.each([
    ['day', 'UTC', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
    ['day', 'UTC', '2026-02-28T23:59:59.999Z', '2026-02-28T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['day', 'UTC', '2028-02-29T12:00:00Z', '2028-02-29T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['month', 'UTC', '2026-12-31T23:59:59.999Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['month', 'Asia/Tokyo', '2026-12-31T15:00:00Z', '2026-12-31T15:00:00.000Z', '2027-01-31T15:00:00.000Z'],
    ['month', 'Asia/Kathmandu', '2026-06-30T18:14:59Z', '2026-05-31T18:15:00.000Z', '2026-06-30T18:15:00.000Z'],
    // The first of January 2027 is a Friday: its week is one of 2026.
    ['week', 'UTC', '2027-01-01T00:00:00Z', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
    ['week', 'UTC', '2026-11-22T23:59:59Z', '2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    ['week', NEW_YORK, '2026-11-23T04:59:59Z', '2026-11-16T05:00:00.000Z', '2026-11-23T05:00:00.000Z'],
  ] as const)('%s in %s at %s goes from %s to %s', (period, zone, moment, start, end) => {
    expect(shown(period, zone, at(moment))).toEqual([start, end]);
  });

  it('is one for ever for `total`', () => {
    expect(shown('total', NEW_YORK, at('2026-05-05T00:00:00Z'))).toEqual(['1970-01-01T00:00:00.000Z', null]);
  });

  it('is 23 hours long in New York on 8 March 2026, 25 on 1 November, and the months around them are whole', () => {
    const lengthOf = (moment: string) => {
      const { start, end } = windowOf('day', NEW_YORK, at(moment));
      return (end! - start) / HOUR;
    };
    expect([lengthOf('2026-03-08T12:00:00Z'), lengthOf('2026-11-01T12:00:00Z'), lengthOf('2026-11-02T12:00:00Z')]).toEqual([23, 25, 24]);
    expect(shown('month', NEW_YORK, at('2026-03-31T12:00:00Z'))).toEqual(['2026-03-01T05:00:00.000Z', '2026-04-01T04:00:00.000Z']);
    expect(shown('month', NEW_YORK, at('2026-11-01T04:00:00Z'))).toEqual(['2026-11-01T04:00:00.000Z', '2026-12-01T05:00:00.000Z']);
    expect(shown('week', NEW_YORK, at('2026-11-01T12:00:00Z'))).toEqual(['2026-10-26T04:00:00.000Z', '2026-11-02T05:00:00.000Z']);
  });

  it('begins a day without a midnight with its first moment, and one with two midnights with the first', () => {
    // Beirut's clocks go from 0:00 to 1:00; Havana's from 1:00 back to 0:00; Apia had no 30 December 2011 at all.
    expect(shown('day', 'Asia/Beirut', at('2026-03-29T12:00:00Z'))[0]).toBe('2026-03-28T22:00:00.000Z');
    expect(shown('day', 'America/Havana', at('2026-11-01T12:00:00Z'))[0]).toBe('2026-11-01T04:00:00.000Z');
    expect(shown('day', 'Pacific/Apia', at('2011-12-31T00:00:00Z'))[0]).toBe('2011-12-30T10:00:00.000Z');
  });

  it('holds every moment in exactly one window, in any zone', () => {
    const zones = ['UTC', NEW_YORK, 'Asia/Beirut', 'America/Havana', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia', 'Europe/London', 'Africa/Casablanca'];
    const moments = fc.integer({ min: at('2005-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.constantFrom(...PERIODS.slice(0, 3)), moments, (zone, period, moment) => {
        const { start, end } = windowOf(period, zone, moment);
        expect(start <= moment && moment < end!).toBe(true);
        expect(windowOf(period, zone, start)).toEqual({ start, end });
        expect(windowOf(period, zone, end! - 1)).toEqual({ start, end });
        expect(windowOf(period, zone, end!).start).toBe(end);
      }),
      { numRuns: 2_000 },
    );
  });

  it('knows what a time zone is', () => {
    expect(['UTC', NEW_YORK, 'Mars/Olympus', '+05:30', '', "x'; DROP"].map(isTimeZone)).toEqual([true, true, false, false, false, false]);
    expect(() => windowOf('day', 'Mars/Olympus', 0)).toThrow(RangeError);
  });
});
