import type { KeyRow } from '../store/key-row.js';

const DAY_MS = 24 * 60 * 60_000;
/** Days before a key's end at which its owner is told, the nearest first. */
const DAYS_BEFORE = [1, 7, 30] as const;

export type KeyWarning = 'expired' | 'expires_in_1_day' | 'expires_in_7_days' | 'expires_in_30_days' | 'rotation_due';

type Times = Pick<KeyRow, 'expiresAt' | 'rotateAfterDays' | 'secretSince'>;

export function isExpired({ expiresAt }: Pick<KeyRow, 'expiresAt'>, now: number): boolean {
  return expiresAt !== null && expiresAt.getTime() <= now;
}

/** What time has to say about a key: the nearest end that it has come to, and whether its secret is older than it should be. */
export function warningsOf(key: Times, now: number): KeyWarning[] {
  return [...endOf(key, now), ...(isRotationDue(key, now) ? (['rotation_due'] as const) : [])];
}

export function rotationDueAt({ rotateAfterDays, secretSince }: Times): Date | null {
  return rotateAfterDays === null ? null : new Date(secretSince.getTime() + rotateAfterDays * DAY_MS);
}

function isRotationDue(key: Times, now: number): boolean {
  const dueAt = rotationDueAt(key);
  return dueAt !== null && dueAt.getTime() <= now;
}

function endOf(key: Times, now: number): KeyWarning[] {
  if (key.expiresAt === null) return [];
  if (isExpired(key, now)) return ['expired'];
  const days = DAYS_BEFORE.find((before) => key.expiresAt!.getTime() - now <= before * DAY_MS);
  return days === undefined ? [] : [days === 1 ? 'expires_in_1_day' : `expires_in_${days}_days`];
}
