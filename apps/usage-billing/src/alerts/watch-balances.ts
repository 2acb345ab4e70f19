import { formatUsd, type Clock } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { raiseAlerts, type NewAlert } from '../store/alerts.store.js';

/** Tells an org whose credits have fallen below its own limit; again only when they were above it in between. */
export async function watchBalances({ db, clock }: { db: Database; clock: Clock }): Promise<void> {
  const occasion = new Date(clock.now()).toISOString();
  await db.transaction(async (tx) => {
    await tx.query(
      `UPDATE billing.alert_setting AS setting SET is_low = false FROM billing.account
       WHERE account.org_id = setting.org_id AND account.kind = 'wallet' AND is_low AND posted_nano_usd >= low_balance_nano_usd`,
    );
    const fallen = await tx.query<{ org: string; balance: string; low: string }>(
      `UPDATE billing.alert_setting AS setting SET is_low = true FROM billing.account
       WHERE account.org_id = setting.org_id AND account.kind = 'wallet' AND NOT is_low AND posted_nano_usd < low_balance_nano_usd
       RETURNING setting.org_id AS org, posted_nano_usd AS balance, low_balance_nano_usd AS low`,
    );
    const alertOf = ({ org, balance, low }: (typeof fallen)[number]): NewAlert => ({
      orgId: org,
      kind: 'low_balance',
      subject: org,
      occasion,
      facts: { balanceUsd: formatUsd(BigInt(balance)), limitUsd: formatUsd(BigInt(low)) },
    });
    await raiseAlerts(tx, fallen.map(alertOf));
  });
}
