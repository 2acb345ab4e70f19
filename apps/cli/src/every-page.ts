import type { Page } from '@byok/contracts';

/** Every item of a list; `read` gets what to append to its query. */
export async function everyPage<T>(read: (after: string) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page: Page<T> = await read(after === '' ? '' : `&after=${encodeURIComponent(after)}`);
    items.push(...page.items);
    after = page.next;
  }
  return items;
}
