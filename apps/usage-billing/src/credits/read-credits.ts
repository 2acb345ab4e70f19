import type { CreditsMessage } from '@byok/contracts';
import { formatUsd } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { z } from 'zod';
import { availableIn, findWallet } from '../store/accounts.store.js';
import { listLots } from '../store/credit-lots.store.js';
import { parse } from '../wire/parse.js';
import { lotToMessage } from './lot-to-message.js';

const Request = z.object({ orgId: z.string().min(1).max(64) });

/** What an org has, what running calls have reserved of it, and the lots it is made of in the order in which they are burnt. */
export async function readCredits({ db }: { db: Sql }, message: unknown): Promise<CreditsMessage> {
  const { orgId } = parse(Request, message);
  const wallet = await findWallet(db, orgId);
  const lots = await listLots(db, orgId);
  return {
    balanceUsd: formatUsd(wallet?.postedNanoUsd ?? 0n),
    heldUsd: formatUsd(wallet?.heldNanoUsd ?? 0n),
    availableUsd: formatUsd(wallet ? availableIn(wallet) : 0n),
    lots: lots.map(lotToMessage),
  };
}
