import { UsageEvent } from '@byok/contracts';
import { isId } from '@byok/kernel';

export interface Poison {
  eventId: string | null;
  reason: string;
  payload: unknown;
}

const OLDEST = Date.UTC(2024, 0, 1);
const NEWEST = Date.UTC(2200, 0, 1);
const LONGEST_NAME = 256;
const MOST_TAGS = 32;

/** An event that the table will take, or why not. Stricter than the contract: one bad row must never hold up a batch. */
export function checkEvent(candidate: unknown): { event: UsageEvent } | { poison: Poison } {
  const parsed = UsageEvent.safeParse(candidate);
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'event'))];
    return refuse(candidate, `not valid: ${fields.slice(0, 20).join(', ')}`);
  }
  const reason = reasonAgainst(parsed.data);
  return reason === undefined ? { event: parsed.data } : refuse(candidate, reason);
}

function reasonAgainst(event: UsageEvent): string | undefined {
  if (!isId('event', event.eventId)) return 'not valid: eventId';
  // PostgreSQL keeps no NUL in a text.
  const text = Object.entries(event).find(([, value]) => typeof value === 'string' && (value.includes('\0') || value.length > LONGEST_NAME));
  if (text) return `not valid: ${text[0]}`;
  const tags = Object.entries(event.tags).flat();
  if (tags.length > 2 * MOST_TAGS || tags.some((each) => each.includes('\0'))) return 'not valid: tags';
  if (isOutside(event.startedAt) || isOutside(event.endedAt) || (event.firstByteAt !== null && isOutside(event.firstByteAt))) return 'a time that cannot be';
  if (Math.abs(event.httpStatus ?? 0) > 999) return 'not valid: httpStatus';
  if (event.attempt > 1_000_000) return 'not valid: attempt';
  return undefined;
}

function isOutside(moment: number): boolean {
  return moment < OLDEST || moment > NEWEST;
}

function refuse(payload: unknown, reason: string): { poison: Poison } {
  const eventId = (payload as { eventId?: unknown } | null)?.eventId;
  return { poison: { eventId: isId('event', eventId) ? eventId : null, reason, payload } };
}
