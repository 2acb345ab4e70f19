import { randomUUID } from 'node:crypto';
import type { EventId, RequestId } from '@byok/kernel';

const TIME_DIGITS = 12;

/**
 * A new request id: 12 hex digits of time, so that ids sort by it, and 20 random ones. Node draws the randomness of
 * `randomUUID` in bulk, which makes this ten times cheaper than a UUIDv7; it is made for every call.
 */
export function newRequestId(now: number): RequestId {
  const random = randomUUID();
  return `req_${now.toString(16).padStart(TIME_DIGITS, '0')}${random.slice(0, 8)}${random.slice(24)}`;
}

/** The id of an attempt's usage event: that of its request, with the attempt's number in place of the last two digits. */
export function eventIdOf(requestId: RequestId, attempt: number): EventId {
  return `evt_${requestId.slice(4, -2)}${attempt.toString(16).padStart(2, '0')}`;
}
