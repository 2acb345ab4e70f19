import type { CreateGroup, Group } from '@byok/contracts';
import { createGroup as insertGroup, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { groupToWire } from './group-to-wire.js';

export async function createGroup(deps: { db: Database }, principal: Principal, orgId: string, input: CreateGroup): Promise<Group> {
  const org = orgOf(principal, orgId);
  demand(principal, 'group:create', { org });
  return groupToWire(await recordChange(deps.db, principal, { org, action: 'group.create' }, (tx) => insertGroup(tx, org, input)));
}
