import { keysToCut } from '../store/seals.store.js';
import { replaceRunning } from '../store/uses.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { NoteRunningRequest } from '../wire/governance-requests.js';
import { parse } from '../wire/parse.js';

/** Keeps what a gateway is at with which keys; answers which of them are sealed so that running calls end, should it have missed the notice. */
export async function noteRunning(deps: Pick<VaultDeps, 'db'>, message: unknown): Promise<{ keyIds: string[] }> {
  const { gatewayId, items } = parse(NoteRunningRequest, message);
  await deps.db.transaction((tx) => replaceRunning(tx, gatewayId, items));
  return { keyIds: items.length === 0 ? [] : await keysToCut(deps.db, items.map((item) => item.keyId)) };
}
