import type { ChangePassword } from '@byok/contracts';
import { hashPassword, setPassword, verifyLogin, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { recordChange } from '../access/record-change.js';
import type { Limiter } from '../auth/limiters.js';
import { signedIn } from './own-sessions.js';

/** Every session ends, this one too: whoever knew the old password, or sits at a screen that was left open, is out. */
export async function changePassword(deps: { db: Database; loginLimiter: Limiter }, principal: Principal, { currentPassword, newPassword }: ChangePassword, ip: string): Promise<void> {
  const [user, email] = [signedIn(principal), principal.email ?? ''];
  const subject = `${ip} ${email}`;
  await deps.loginLimiter.take(subject);
  await verifyLogin(deps.db, email, currentPassword);
  await deps.loginLimiter.giveBack(subject);
  const passwordHash = await hashPassword(newPassword);
  await recordChange(deps.db, principal, { org: principal.orgId, action: 'user.update', target: user, details: { fields: ['password'] } }, (tx) => setPassword(tx, principal.orgId, user, passwordHash));
}
