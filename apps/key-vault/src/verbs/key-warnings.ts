import type { KeyWarningMessage } from '@byok/contracts';

import type { KeyRow } from '../store/key-row.js';
import { listEndingKeys } from '../store/revalidation.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { KeyWarningsRequest } from '../wire/requests.js';
import { rotationDueAt, warningsOf } from './warnings-of.js';

const PAGE = 500;
const WITHIN_MS = 30 * 24 * 60 * 60_000;

/** Keys of all tenants that time has something to say about, for the alerts: who owns them and what it is, and nothing that would help to use one. */
export async function keyWarnings(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<{ items: KeyWarningMessage[]; next: string }> {
  const { after } = parse(KeyWarningsRequest, message);
  const now = deps.clock.now();
  const keys = await listEndingKeys(deps.db.acrossOrgs(), { until: new Date(now + WITHIN_MS), now: new Date(now), after, limit: PAGE });
  return { items: keys.flatMap((key) => messagesOf(key, now)), next: keys.length === PAGE ? keys.at(-1)!.id : '' };
}

function messagesOf(key: KeyRow, now: number): KeyWarningMessage[] {
  return warningsOf(key, now).map((warning) => ({
    ...{ orgId: key.orgId, keyId: key.id, owner: { type: key.ownerType, id: key.ownerId }, provider: key.provider, warning },
    at: (warning === 'rotation_due' ? rotationDueAt(key)! : key.expiresAt!).toISOString(),
  }));
}
