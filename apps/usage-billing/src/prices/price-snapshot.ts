import type { PriceSnapshotMessage } from '@byok/contracts';
import { writePriceLines } from '@byok/pricing';
import type { Sql } from '@byok/platform';
import { findNewestSequence } from '../store/price-imports.store.js';
import { listLivePrices } from '../store/prices.store.js';

/** The prices in force now or later, for a gateway that compares by them; empty when it knows them already. */
export async function priceSnapshot({ db }: { db: Sql }, { knownVersion }: { knownVersion: string }): Promise<PriceSnapshotMessage> {
  // Asked first: an import in between makes the next question find it again, and none is missed.
  const version = (await findNewestSequence(db)) ?? '';
  return version === knownVersion ? { version, lines: '' } : { version, lines: writePriceLines(await listLivePrices(db)) };
}
