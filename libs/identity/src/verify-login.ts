import { AppError } from '@byok/kernel';
import type { OrgId, UserId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { normalEmail } from './email.js';
import { verifyPassword } from './password.js';

export interface Login {
  userId: UserId;
  orgId: OrgId;
  email: string;
}

/**
 * The user whose e-mail and password these are. An unknown address, a disabled user and a wrong password take the same time and
 * get the same answer.
 * @throws AppError login_failed; org_frozen only after the right password
 */
export async function verifyLogin(db: Sql, email: string, password: string): Promise<Login> {
  const address = addressOrNothing(email);
  const [user] = address ? await db.query<Login & { passwordHash: string | null; orgStatus: string }>(SELECT_LOGIN, [address]) : [];
  const fits = await verifyPassword(user?.passwordHash, password);
  if (!user || !fits || user.orgStatus === 'deleted') throw new AppError('login_failed', 'The e-mail address or the password is wrong.');
  if (user.orgStatus === 'frozen') throw new AppError('org_frozen', 'This organisation is frozen. Ask your operator.');
  return { userId: user.userId, orgId: user.orgId, email: user.email };
}

const SELECT_LOGIN = `
  SELECT u.id AS "userId", u.org_id AS "orgId", u.email, u.password_hash AS "passwordHash", o.status AS "orgStatus"
    FROM identity.app_user u JOIN identity.org o ON o.id = u.org_id
   WHERE u.email = $1 AND u.status = 'active'`;

function addressOrNothing(email: string): string | undefined {
  try {
    return normalEmail(email);
  } catch {
    // Not an address, so nobody's: told apart neither by the answer nor by the time it takes.
    return undefined;
  }
}
