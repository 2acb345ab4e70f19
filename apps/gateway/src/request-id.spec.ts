import { isId } from '@byok/kernel';
import { eventIdOf, newRequestId } from './request-id.js';

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
});
