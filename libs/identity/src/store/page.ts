import type { Page, PageRequest } from '../types.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Parameters of `… AND id > $after ORDER BY id LIMIT $limit`; one row more than asked for tells whether there is a next page. */
export function pageParameters(page: PageRequest): { after: string; limit: number } {
  return { after: page.after ?? '', limit: limitOf(page) + 1 };
}

/** Cuts the rows to the page. */
export function pageOf<T>(rows: T[], page: PageRequest, cursorOf: (item: T) => string): Page<T> {
  const limit = limitOf(page);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? cursorOf(last) : null };
}

function limitOf(page: PageRequest): number {
  return Math.min(Math.max(Math.trunc(page.limit ?? DEFAULT_LIMIT), 1), MAX_LIMIT);
}
