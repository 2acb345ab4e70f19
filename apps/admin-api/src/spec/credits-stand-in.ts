import type { CreditsForAdmin, GrantCreditsMessage, JournalPageMessage, LotMessage, RefundRequestMessage } from '@byok/contracts';
import { newId } from '@byok/kernel';
import { ReportsStandIn } from './reports-stand-in.js';

const NOTHING = { balanceUsd: '0.00', heldUsd: '0.00', availableUsd: '0.00' };

/** The part of usage-billing that keeps credits: remembers what was granted and refunded, and shows each org its own. */
export class CreditsStandIn extends ReportsStandIn implements CreditsForAdmin {
  readonly granted: GrantCreditsMessage[] = [];
  readonly refunded: RefundRequestMessage[] = [];

  async getCredits({ orgId }: { orgId: string }) {
    return { ...NOTHING, lots: this.granted.filter((grant) => grant.orgId === orgId).map(lotOf) };
  }

  async grantCredits(grant: GrantCreditsMessage) {
    this.granted.push(grant);
    return lotOf(grant);
  }

  async listJournal({ orgId }: { orgId: string }): Promise<JournalPageMessage> {
    const lines = [{ account: 'wallet', amountUsd: '1.00' }, { account: 'cash_clearing', amountUsd: '-1.00' }];
    const items = this.granted.filter((grant) => grant.orgId === orgId).map(() => ({ id: newId('journal'), kind: 'top_up', bookedAt: '2026-11-21T00:00:00.000Z', reverses: '', ref: '{"note":"x"}', lines }));
    return { items, next: '' };
  }

  async refundCharge(refund: RefundRequestMessage) {
    this.refunded.push(refund);
    return { id: newId('journal'), eventId: refund.eventId, amountUsd: refund.amountUsd || '0.50' };
  }
}

function lotOf({ kind, amountUsd, expiresAt, note, createdBy }: GrantCreditsMessage): LotMessage {
  return { id: 'lot_1', kind, amountUsd, remainingUsd: amountUsd, expiresAt, note, createdBy, createdAt: '2026-11-21T00:00:00.000Z' };
}
