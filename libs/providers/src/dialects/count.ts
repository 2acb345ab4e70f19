import type { Found } from '../find-usage.js';

/** The contract's upper bound of one meter; a larger number is a provider's mistake, not a bill. */
export const LARGEST = 1_000_000_000;

/** A whole number of tokens, or null when the field is missing or no such number. */
export function count(usage: Found, field: string): number | null {
  const value = usage[field];
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LARGEST ? value : null;
}

export function inner(usage: Found, field: string): Found | null {
  const value = usage[field];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Found) : null;
}
