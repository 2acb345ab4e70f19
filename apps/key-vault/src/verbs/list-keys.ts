import type { Principal } from '@byok/identity';

import { mayManage } from '../acl/may-manage.js';
import { principalOfActor } from '../acl/principal-of-actor.js';
import type { KeyRow } from '../store/key-row.js';
import { listKeys as readKeys } from '../store/keys.store.js';
import type { VaultDeps } from '../vault-deps.js';
import type { KeyMessage } from '@byok/contracts';
import { parse } from '../wire/parse.js';
import { ListKeysRequest } from '../wire/requests.js';
import { describeKeys } from './describe-keys.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const READ_AT_ONCE = 500;

/** Keys that the actor may see, oldest first, a page at a time. */
export async function listKeys(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<{ items: KeyMessage[]; next: string }> {
  const request = parse(ListKeysRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const limit = Math.min(request.limit || DEFAULT_LIMIT, MAX_LIMIT);
  const found: KeyRow[] = [];
  let after: string = request.after;
  // One more than the page, to know whether another follows. Who may see a key is decided in one place, not again in SQL.
  while (found.length <= limit) {
    const rows = await readKeys(deps.db, principal.orgId, principal.isOperator, request, after, READ_AT_ONCE);
    found.push(...rows.filter((key) => maySee(principal, key)));
    if (rows.length < READ_AT_ONCE) break;
    after = rows.at(-1)!.id;
  }
  const page = found.slice(0, limit);
  return { items: await describeKeys(deps.db, page, deps.clock.now()), next: found.length > limit ? page.at(-1)!.id : '' };
}

function maySee(principal: Principal, key: KeyRow): boolean {
  return mayManage(principal, 'key:read', key.orgId, { type: key.ownerType, id: key.ownerId });
}
