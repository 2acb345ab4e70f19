import { getOrg } from '@byok/identity';
import { AppError, type OrgId } from '@byok/kernel';
import type { Sql } from '@byok/platform';

/** A frozen org changes in nothing, also not by who comes to it. @throws AppError org_frozen; not_found for one that is gone */
export async function refuseFrozen(db: Sql, orgId: OrgId): Promise<void> {
  if ((await getOrg(db, orgId)).status === 'frozen') throw new AppError('org_frozen', 'This organisation is frozen. Ask your operator.');
}
