import type { OrgId } from '@byok/kernel';
import { listenForChanges } from '@byok/platform';

import { listSealed } from '../store/org-kek.store.js';
import type { VaultDeps } from '../vault-deps.js';

const EVERY_MS = 4_000;

/**
 * Keeps the data keys of sealed orgs out of this process's memory: told by the notice of the change, and found by looking every few
 * seconds, for a notice can be lost and an unwrap can be underway when it comes. Returns how to stop it.
 */
export async function watchSealed(deps: Pick<VaultDeps, 'db' | 'deks' | 'log'>, databaseUrl: string): Promise<() => Promise<void>> {
  const dropSealed = (): void => {
    listSealed(deps.db).then((sealed) => sealed.forEach((orgId) => deps.deks.drop(orgId)), (error: unknown) => deps.log.warn({ error }, 'which orgs are sealed cannot be read now'));
  };
  const listener = await listenForChanges({ url: databaseUrl, log: deps.log, onChange: (notice) => notice.kind === 'org' && deps.deks.drop(notice.org as OrgId), onGap: dropSealed });
  const timer = setInterval(dropSealed, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await listener.close();
  };
}
