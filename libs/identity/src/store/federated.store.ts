import type { OrgId, UserId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import type { Role, Tx, UserStatus } from '../types.js';
import { explainRefusal } from './refusals.js';

/** Who somebody is at their provider. */
export interface Subject {
  issuer: string;
  subject: string;
}

export interface LinkedUser {
  id: UserId;
  email: string;
  role: Role;
  status: UserStatus;
  isOperator: boolean;
}

/** The user that this subject was linked to, whatever has become of them. */
export async function findLinkedUser(db: Sql, orgId: OrgId, { issuer, subject }: Subject): Promise<LinkedUser | undefined> {
  const [user] = await db.query<LinkedUser>(
    `SELECT u.id, u.email, u.role, u.status, u.is_operator AS "isOperator" FROM identity.federated_identity f JOIN identity.app_user u ON u.org_id = f.org_id AND u.id = f.user_id
      WHERE f.org_id = $1 AND f.issuer = $2 AND f.subject = $3`,
    [orgId, issuer, subject],
  );
  return user;
}

/** @throws AppError conflict when the user is somebody else at that provider: an address that changed hands */
export async function linkUser(tx: Tx, orgId: OrgId, { issuer, subject }: Subject, userId: UserId): Promise<void> {
  const link = tx.query(
    `INSERT INTO identity.federated_identity (org_id, issuer, subject, user_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (org_id, issuer, subject) DO UPDATE SET user_id = EXCLUDED.user_id`,
    [orgId, issuer, subject, userId],
  );
  await explainRefusal(link, { duplicate: 'This user signs in as somebody else at the identity provider.' });
}
