import type { KeyMessage } from '@byok/contracts';
import type { Sql } from '@byok/platform';

import { listOthers } from '../store/candidates.store.js';
import type { OtherVersion } from '../store/candidates.store.js';
import type { KeyRow } from '../store/key-row.js';
import { keyMessage } from '../wire/messages.js';
import { warningsOf } from './warnings-of.js';

/** Keys as people see them, with their other live versions and what time has to say about them. */
export async function describeKeys(db: Sql, keys: readonly KeyRow[], now: number): Promise<KeyMessage[]> {
  const others = await othersOf(db, keys);
  return keys.map((key) => keyMessage(key, { warnings: key.status === 'revoked' ? [] : warningsOf(key, now), others: others.get(key.id) ?? [] }));
}

export async function describeKey(db: Sql, key: KeyRow, now: number): Promise<KeyMessage> {
  return (await describeKeys(db, [key], now))[0]!;
}

/** By key id. */
export async function othersOf(db: Sql, keys: readonly KeyRow[]): Promise<Map<string, OtherVersion[]>> {
  const byKey = new Map<string, OtherVersion[]>();
  for (const other of await listOthers(db, [...new Set(keys.map((key) => key.orgId))], keys.map((key) => key.id))) byKey.set(other.id, [...(byKey.get(other.id) ?? []), other]);
  return byKey;
}
