import { isId } from '@byok/kernel';
import { eventIdOf, newRequestId, partIdOf } from './request-id.js';

describe('request ids', () => {
  it('have the shape of an id, sort by time and do not repeat', () => {
    const ids = Array.from({ length: 10_000 }, () => newRequestId(1_795_000_000_000));
    expect(ids.every((id) => isId('request', id))).toBe(true);
    expect(new Set(ids).size).toBe(10_000);
    expect(newRequestId(1_795_000_000_001) > ids[0]!.slice(0, 16)).toBe(true);
    expect(newRequestId(1_795_000_000_001) > newRequestId(1_795_000_000_000)).toBe(true);
  });

  it('give every attempt an event id of its own, the same each time', () => {
    const request = newRequestId(1_795_000_000_000);
    expect(isId('event', eventIdOf(request, 1))).toBe(true);
    expect(eventIdOf(request, 1)).toBe(eventIdOf(request, 1));
    expect(eventIdOf(request, 1)).not.toBe(eventIdOf(request, 2));
  });

  it('give the calls inside a call ids beside its own, and each of their attempts an event id that nobody else has', () => {
    const whole = newRequestId(1_795_000_000_000);
    const calls = [whole, ...Array.from({ length: 15 }, (_, index) => partIdOf(whole, index)), newRequestId(1_795_000_000_000)];
    const events = calls.flatMap((call) => Array.from({ length: 15 }, (_, attempt) => eventIdOf(call, attempt + 1)));
    expect(calls.every((id) => isId('request', id))).toBe(true);
    expect(events.every((id) => isId('event', id))).toBe(true);
    expect(new Set(events).size).toBe(17 * 15);
  });
});
