import { deriveDek } from '@byok/envelope';
import type { Kms, WrapContext, WrappedSeed } from '@byok/envelope';

import { checkCanary, sealCanary } from '../deks/dek-canary.js';
import { nameOf, unwrapDek } from '../deks/make-seed.js';
import type { RotationDeps } from './rotation-deps.js';
import { replaceWrapping } from './rewrap.store.js';
import type { OwnedDek } from './rewrap.store.js';

type Deps = Pick<RotationDeps, 'db' | 'kms' | 'random' | 'deploymentId'>;

/**
 * Wraps one seed under another KEK. What is stored is replaced only after the new form was unwrapped again and the DEK from it opened the
 * canary; the seed stays the same, so nothing that is sealed under it changes. False when somebody else was faster.
 */
export async function rewrapDek(deps: Deps, dek: OwnedDek, to: Kms): Promise<boolean> {
  const from = deps.kms.of(dek.kekUri);
  const name = nameOf(deps.deploymentId, dek.orgId, dek);
  const before: WrappedSeed = { bytes: dek.wrappedSeed, kekVersion: dek.kekVersion };
  const canary = dek.canary ?? sealCanary(deps, dek.orgId, await unwrapDek(deps, dek.orgId, dek));
  const after = from === to && to.rewrap ? await to.rewrap(before, name) : await wrapAgain(from, to, before, name);
  checkCanary(deps, dek.orgId, deriveDek(await to.unwrap(after, name), name), canary);
  return deps.db.transaction((tx) => replaceWrapping(tx, dek, { wrappedSeed: after.bytes, kekUri: to.uri, kekVersion: after.kekVersion, canary }));
}

async function wrapAgain(from: Kms, to: Kms, before: WrappedSeed, name: WrapContext): Promise<WrappedSeed> {
  const seed = await from.unwrap(before, name);
  try {
    return await to.wrap(seed, name);
  } finally {
    seed.fill(0);
  }
}
