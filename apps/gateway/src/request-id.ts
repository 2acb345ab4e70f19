import { randomBytes } from 'node:crypto';
import type { EventId, RequestId } from '@byok/kernel';

/** Tells the ids of this process from those of every other; drawn once, because an id is made for every call. */
const PROCESS = randomBytes(5).toString('hex');
const TIME_DIGITS = 12;
const COUNTER_DIGITS = 8;
const COUNTER_LIMIT = 0x1_0000_0000;

let counter = 0;
let toldAt = -1;
let told = '';

/** A new request id: time, process and a counter in hex, so that ids sort by time and never repeat. It is a name, not a secret. */
export function newRequestId(now: number): RequestId {
  if (now !== toldAt) {
    toldAt = now;
    told = `req_${now.toString(16).padStart(TIME_DIGITS, '0')}${PROCESS}`;
  }
  counter = (counter + 1) % COUNTER_LIMIT;
  return `${told}${counter.toString(16).padStart(COUNTER_DIGITS, '0')}00` as RequestId;
}

/** The id of one of the at most 15 calls inside a call: that of the whole, with its place in the last digit but one. */
export function partIdOf(requestId: RequestId, index: number): RequestId {
  return `${requestId.slice(0, -2)}${(index + 1).toString(16)}0` as RequestId;
}

/** The id of an attempt's usage event: that of its request, with the attempt's number, 15 at most, in place of the last zero. */
export function eventIdOf(requestId: RequestId, attempt: number): EventId {
  return `evt_${requestId.slice(4, -1)}${attempt.toString(16)}`;
}
