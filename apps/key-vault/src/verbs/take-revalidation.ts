import type { RevalidationMessage } from '@byok/contracts';
import { freshBytes } from '@byok/envelope';
import { AppError } from '@byok/kernel';
import { appendAudit } from '@byok/platform';

import type { KeyRow } from '../store/key-row.js';
import { takeIdleKey } from '../store/revalidation.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { TakeRevalidationRequest } from '../wire/requests.js';
import { decryptKey } from './decrypt-key.js';
import { handOut } from './open-key.js';
import { quarantineKey } from './quarantine-key.js';

type Deps = Pick<VaultDeps, 'db' | 'clock' | 'deks' | 'random' | 'deploymentId' | 'log' | 'revalidateAfterMs'>;

const NOTHING: RevalidationMessage = { id: '', keyId: '', orgId: '', owner: { type: '', id: '' }, provider: '', secret: '', config: {} };
/** Keys that were stored together do not come up together for ever. */
const JITTER = 0.1;
/** Who did it, in the audit chain. */
export const REVALIDATION = 'revalidation';

/**
 * Hands out a key that nobody used or tested for long, to be tried. The vault picks it, at most once in that time, and writes it into the
 * audit chain first: a gateway cannot ask for a key of its choice this way. One that does not open is quarantined, and there is none.
 */
export async function takeRevalidation(asked: Deps, message: unknown): Promise<RevalidationMessage> {
  const { exceptProviders } = parse(TakeRevalidationRequest, message);
  if (asked.revalidateAfterMs === 0) return NOTHING;
  const deps = { ...asked, db: asked.db.acrossOrgs() };
  const id = freshBytes(deps.random, 16).toString('hex');
  const key = await take(deps, id, exceptProviders);
  if (!key) return NOTHING;
  const secret = await decryptKey(deps, key).catch((error: unknown) => quarantine(deps, key, error));
  return secret ? handOut(secret, { id, keyId: key.id, orgId: key.orgId, owner: { type: key.ownerType, id: key.ownerId }, provider: key.provider, config: key.config }) : NOTHING;
}

function take(deps: Deps, name: string, exceptProviders: readonly string[]): Promise<(KeyRow & { blob: Buffer }) | undefined> {
  const now = deps.clock.now();
  const after = deps.revalidateAfterMs;
  const jitter = (freshBytes(deps.random, 2).readUInt16BE() / 0xffff) * JITTER * after;
  return deps.db.transaction(async (tx) => {
    const key = await takeIdleKey(tx, { name, idleSince: new Date(now - after), now: new Date(now), next: new Date(now + after + jitter), exceptProviders });
    if (!key?.blob) return undefined;
    const details = { ownerType: key.ownerType, ownerId: key.ownerId, provider: key.provider, version: key.version, purpose: 'revalidate' };
    await appendAudit(tx, 'vault.audit', { orgId: key.orgId, action: 'key.open', actorId: REVALIDATION, targetId: key.id, outcome: 'allowed', details });
    return { ...key, blob: key.blob };
  });
}

async function quarantine(deps: Deps, key: KeyRow, error: unknown): Promise<undefined> {
  if (!(error instanceof AppError) || error.code !== 'integrity_failed') throw error;
  await quarantineKey(deps, { orgId: key.orgId, actorId: REVALIDATION }, key, error);
}
