import type { NanoUsd } from '@byok/kernel';
import type { Sql } from '@byok/platform';

export interface AlertSettings {
  mailTo: string[];
  lowBalanceNanoUsd: NanoUsd | null;
}

export async function readAlertSettings(db: Sql, orgId: string): Promise<AlertSettings> {
  const [row] = await db.query<{ mail_to: string[]; low: string | null }>('SELECT mail_to, low_balance_nano_usd AS low FROM billing.alert_setting WHERE org_id = $1', [orgId]);
  return row ? { mailTo: row.mail_to, lowBalanceNanoUsd: row.low === null ? null : BigInt(row.low) } : { mailTo: [], lowBalanceNanoUsd: null };
}

/** A new limit may be told of again at once. */
export async function writeAlertSettings(db: Sql, orgId: string, settings: AlertSettings): Promise<void> {
  await db.query(
    `INSERT INTO billing.alert_setting AS present (org_id, mail_to, low_balance_nano_usd) VALUES ($1, $2, $3) ON CONFLICT (org_id) DO UPDATE SET mail_to = EXCLUDED.mail_to,
       low_balance_nano_usd = EXCLUDED.low_balance_nano_usd, is_low = present.is_low AND present.low_balance_nano_usd IS NOT DISTINCT FROM EXCLUDED.low_balance_nano_usd`,
    [orgId, settings.mailTo, settings.lowBalanceNanoUsd?.toString() ?? null],
  );
}

/** Whom to tell where nobody said so yet. */
export async function defaultMailTo(tx: Sql, orgId: string, address: string): Promise<void> {
  await tx.query('INSERT INTO billing.alert_setting (org_id, mail_to) VALUES ($1, ARRAY[$2]) ON CONFLICT DO NOTHING', [orgId, address]);
}
