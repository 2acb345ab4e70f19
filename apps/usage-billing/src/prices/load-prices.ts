import { openPriceBook, type PriceBook } from '@byok/pricing';
import type { Sql } from '@byok/platform';
import { findNewestSequence } from '../store/price-imports.store.js';
import { listPrices } from '../store/prices.store.js';

/** The prices in memory, read anew when an import has happened anywhere. */
export interface PriceShelf {
  current(db: Sql): Promise<PriceBook>;
}

export function openPriceShelf(): PriceShelf {
  let sequence: string | undefined;
  let book: PriceBook = new Map();
  return {
    current: async (db) => {
      const newest = await findNewestSequence(db);
      if (newest !== sequence) {
        book = openPriceBook(await listPrices(db));
        sequence = newest;
      }
      return book;
    },
  };
}
