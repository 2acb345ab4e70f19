import type { KekStateMessage, KekUseMessage } from '@byok/contracts';

import { principalOfActor } from '../acl/principal-of-actor.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { ActorRequest } from '../wire/requests.js';
import { listStale } from './drive-rewrap.js';
import { findRewrap, listKeks, listWrappings } from './rewrap.store.js';
import { listShreds } from './shred.store.js';
import { reachScope } from './start-rotation.js';

type Deps = Pick<VaultDeps, 'db' | 'kms' | 'rules' | 'keks'>;
const DAY_MS = 24 * 60 * 60_000;

/** For the operator: which KEKs are still needed, how far a rewrap is, which orgs are being made unreadable. */
export async function rewrapStatus(deps: Deps & Pick<VaultDeps, 'clock'>, message: unknown): Promise<KekStateMessage> {
  const request = parse(ActorRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  await reachScope(deps, principal, 'platform', 'encryption:read');
  return describeKeks(deps);
}

export async function describeKeks(asked: Deps): Promise<KekStateMessage> {
  const deps = { ...asked, db: asked.db.acrossOrgs() };
  const [rewrap, wrappings, stale, shreds] = await Promise.all([findRewrap(deps.db), listWrappings(deps.db), listStale(deps), listShreds(deps.db, deps.rules)]);
  const sum = (rows: readonly { rows: number }[]): number => rows.reduce((total, each) => total + each.rows, 0);
  const total = sum(wrappings);
  const left = sum(stale.map(({ wrapping }) => wrapping));
  return {
    running: rewrap !== undefined && rewrap.finishedAt === null,
    total,
    left,
    percent: left === 0 ? 100 : Math.min(99, Math.floor((100 * (total - left)) / total)),
    startedAt: rewrap?.startedAt.toISOString() ?? '',
    finishedAt: rewrap?.finishedAt?.toISOString() ?? '',
    lastError: rewrap?.lastError ?? '',
    keks: await describeEach(deps, (kekUri, kekVersion) => sum(wrappings.filter((each) => each.kekUri === kekUri && each.kekVersion === kekVersion))),
    shreds,
    problems: [...(deps.keks?.problems ?? [])],
  };
}

/** Safe to disable is a KEK that nothing is wrapped under and nothing will be. The backups that still need it are told apart. */
async function describeEach(deps: Deps, rowsOf: (kekUri: string, kekVersion: string) => number): Promise<KekUseMessage[]> {
  const inUse = await namesInUse(deps);
  return (await listKeks(deps.db)).map(({ kekUri, kekVersion, leftAt }) => {
    const rows = rowsOf(kekUri, kekVersion);
    const isActive = inUse.has(`${kekUri} ${kekVersion}`) || inUse.has(kekUri);
    const until = leftAt && rows === 0 && !isActive ? new Date(leftAt.getTime() + deps.rules.backupDays * DAY_MS).toISOString() : '';
    return { kekUri, kekVersion, rows, isActive, safeToDisable: rows === 0 && !isActive, inBackupsUntil: until };
  });
}

/** What wraps tenants' and the platform's new seeds. Of a KMS that does not answer, every version counts: nobody knows which one it would use. */
async function namesInUse({ kms }: Pick<Deps, 'kms'>): Promise<Set<string>> {
  const wrapping = new Set([kms.active, await kms.forOrg('platform')]);
  return new Set(await Promise.all([...wrapping].map(async (each) => each.status().then((status) => `${each.uri} ${status.kekVersion}`, () => each.uri))));
}
