import { holdersOf, isPermission, type Permission, type Role } from '@byok/identity';
import type { OwnerType } from '@byok/kernel';
import type { Subject } from '@byok/testing';

/** A caller as the matrix sees them. */
export interface Standing {
  role: Role;
  groupRole?: 'admin' | 'member';
  isOperator?: true;
}

const OWNER_OF: Record<Exclude<Subject, 'anything'>, OwnerType> = { org: 'org', user: 'user', self: 'user', group: 'group', platform: 'platform' };

/** Whether the matrix lets somebody do this: read from its rows, not from the code that keeps them. Outside of one's own org only the operator is somebody. */
export function isLetIn(standing: Standing, demanded: string, subject: Subject, isOwnOrg = true): boolean {
  if (demanded === 'signed-in') return true;
  if (!isPermission(demanded)) throw new Error(`"${demanded}" is no permission of the matrix.`);
  return rowFor(demanded, subject).some((holder) => {
    if (holder === 'operator') return standing.isOperator === true;
    if (!isOwnOrg) return false;
    if (holder === 'self') return subject === 'self' || subject === 'anything';
    if (holder === 'group-admin') return standing.groupRole === 'admin' && ofGroup(subject);
    if (holder === 'group-member') return standing.groupRole !== undefined && ofGroup(subject);
    return holder === standing.role && subject !== 'platform';
  });
}

function rowFor(permission: Permission, subject: Subject): readonly string[] {
  return subject === 'anything' ? holdersOf(permission) : holdersOf(permission, OWNER_OF[subject]);
}

function ofGroup(subject: Subject): boolean {
  return subject === 'group' || subject === 'anything';
}
