import type { BudgetsForAdmin } from '@byok/contracts';
import type { OrgId } from '@byok/kernel';
import type { Log } from '@byok/platform';

export interface StopMailDeps {
  billing: Pick<BudgetsForAdmin, 'getAlertSettings' | 'setAlertSettings'>;
  log: Log;
}

/** Nobody who left is told what the org spends. Leaving never waits for it: when usage-billing is away, the log says whose address is still there. */
export async function stopMail({ billing, log }: StopMailDeps, orgId: OrgId, user: { id: string; email: string }): Promise<void> {
  try {
    const settings = await billing.getAlertSettings({ orgId });
    const mailTo = settings.mailTo.filter((address) => address.toLowerCase() !== user.email.toLowerCase());
    if (mailTo.length < settings.mailTo.length) await billing.setAlertSettings({ ...settings, mailTo });
  } catch (error) {
    log.warn({ error, orgId, userId: user.id }, 'a user who left may still get alerts by e-mail; set their recipients again');
  }
}
