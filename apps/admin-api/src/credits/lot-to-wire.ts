import type { CreditLot, LotMessage } from '@byok/contracts';

export function lotToWire({ kind, expiresAt, ...lot }: LotMessage): CreditLot {
  return { ...lot, kind: kind as CreditLot['kind'], expiresAt: expiresAt || null };
}
