import { periodBefore, periodOf } from './period.js';

const clock = { now: () => Date.UTC(2026, 10, 21, 9) };

describe('periodOf', () => {
  it('is the current month in UTC unless told', () => {
    expect(periodOf({}, clock)).toEqual({ from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' });
  });

  it('reads a date as its first instant in UTC and an offset as the same instant', () => {
    expect(periodOf({ from: '2026-01-01', to: '2026-01-02T00:00:00+02:00' }, clock)).toEqual({ from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T22:00:00.000Z' });
  });

  it('refuses a period that is empty, turned round or endless', () => {
    expect(() => periodOf({ from: '2026-02-01', to: '2026-02-01' }, clock)).toThrow('before');
    expect(() => periodOf({ from: '2027-02-01' }, clock)).toThrow('before');
    expect(() => periodOf({ from: '2020-02-01' }, clock)).toThrow('400 days');
  });
});

describe('periodBefore', () => {
  it('is as many whole months before whole months', () => {
    expect(periodBefore({ from: '2026-03-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' })).toEqual({ from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' });
    expect(periodBefore({ from: '2026-01-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' })).toEqual({ from: '2025-10-01T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z' });
  });

  it('is otherwise as long a time', () => {
    expect(periodBefore({ from: '2026-03-01T00:00:00.000Z', to: '2026-03-08T12:00:00.000Z' })).toEqual({ from: '2026-02-21T12:00:00.000Z', to: '2026-03-01T00:00:00.000Z' });
  });
});
