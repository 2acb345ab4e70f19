import type { Sql } from '@byok/platform';

import { setHealth, setStatus, setTested } from '../store/keys.store.js';
import type { KeyRow, KeyStatus } from '../store/key-row.js';
import { healthAfter } from './health-after.js';
import { statusAfterTest } from './status-after-test.js';

/** What a test found, in the key's row, and its status where the provider's answer was clear; undefined when the key was changed meanwhile. */
export async function writeTestResult(tx: Sql, key: KeyRow & { status: Exclude<KeyStatus, 'revoked'> }, outcome: string, reason: string): Promise<KeyRow | undefined> {
  const status = statusAfterTest(key.status, outcome);
  let tested = await setTested(tx, key.orgId, key.id, key.version, outcome);
  if (tested && status !== key.status) tested = await setStatus(tx, key.orgId, key.id, key.version, status, status === 'invalid' ? reason : '');
  const health = healthAfter(outcome);
  if (tested && health) tested = await setHealth(tx, key.orgId, key.id, key.version, { from: status, status, health, reason: health === 'failing' ? reason : '' });
  return tested;
}
