import type { Found } from '../find-usage.js';
import { isTooDeep } from './nesting.js';

/** Parsed JSON as an object to look into; null when it is none. */
export function asObject(value: unknown): Found | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Found) : null;
}

/** The object written in a text; null when it holds something else, or nests beyond all measure. */
export function parseObject(text: string): Found | null {
  if (isTooDeep(text)) return null;
  try {
    return asObject(JSON.parse(text));
  } catch {
    // The parser's message quotes the text, so it is dropped on purpose.
    return null;
  }
}

export function textAt(object: Found, field: string): string | null {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  return typeof value === 'string' ? value : null;
}

export function numberAt(object: Found, field: string): number | null {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The objects of a list; empty when there is none. What is no object in it is left out. */
export function objectsAt(object: Found, field: string): Found[] {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  return Array.isArray(value) ? value.map(asObject).filter((each) => each !== null) : [];
}

/** Seconds since 1970 of a date in text; null when it is none. */
export function secondsOf(date: string | null): number | null {
  const at = date === null ? NaN : Date.parse(date);
  return Number.isNaN(at) ? null : Math.floor(at / 1000);
}
