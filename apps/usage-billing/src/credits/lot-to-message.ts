import type { LotMessage } from '@byok/contracts';
import { formatUsd } from '@byok/kernel';
import type { CreditLot } from '../store/credit-lots.store.js';

export function lotToMessage(lot: CreditLot): LotMessage {
  return {
    ...{ id: lot.id, kind: lot.kind, amountUsd: formatUsd(lot.amountNanoUsd), remainingUsd: formatUsd(lot.remainingNanoUsd) },
    ...{ expiresAt: lot.expiresAt === null ? '' : new Date(lot.expiresAt).toISOString(), note: lot.note, createdBy: lot.createdBy, createdAt: lot.createdAt.toISOString() },
  };
}
