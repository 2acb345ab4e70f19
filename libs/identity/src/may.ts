import type { OwnerType } from '@byok/kernel';
import { holdersOf, isPermission } from './permissions.js';
import type { Holder, Permission } from './permissions.js';
import type { Principal, Resource, Role, User } from './types.js';

/**
 * May this principal do this?
 * With a resource: to exactly that. Without one: to anything at all, which is the gate of a route before the resource is known;
 * the verb behind the route asks again with the resource.
 * A token may only do what its management scopes name, and never more than its user.
 */
export function may(principal: Principal, permission: Permission, resource?: Resource): boolean {
  if (principal.tokenId && !principal.managementScopes.includes(permission)) return false;
  const holders = holdersOf(permission, resource && ownerOf(resource));
  return holders.some((holder) => holds(principal, holder, resource));
}

/** May a token with these scopes be made by this principal? Never wider than the maker, whatever the maker is. */
export function mayGrantScopes(principal: Principal, scopes: readonly string[]): scopes is Permission[] {
  return scopes.every((scope) => isPermission(scope) && may(principal, scope));
}

/** May this principal give `role` to somebody? Owners are made by owners (or the operator), or an admin could promote himself. */
export function mayAssignRole(principal: Principal, role: Role): boolean {
  return role !== 'owner' || principal.isOperator || principal.roles.includes('owner');
}

/** May this principal change that user's role, status or password, or mint a token that acts as them? Not somebody above themselves. */
export function mayManageUser(principal: Principal, target: Pick<User, 'orgId' | 'id' | 'role' | 'isOperator'>, permission: Permission = 'user:update'): boolean {
  if (target.isOperator && !principal.isOperator) return false;
  return may(principal, permission, { org: target.orgId, owner: 'user', user: target.id }) && (principal.userId === target.id || mayAssignRole(principal, target.role));
}

function ownerOf(resource: Resource): OwnerType {
  if (resource.owner) return resource.owner;
  if (resource.group) return 'group';
  return resource.user ? 'user' : 'org';
}

function holds(principal: Principal, holder: Holder, resource: Resource | undefined): boolean {
  if (holder === 'operator') return principal.isOperator;
  if (resource && resource.org !== principal.orgId) return false;
  if (holder === 'self') return principal.userId !== null && (!resource || resource.user === principal.userId);
  if (holder === 'group-admin' || holder === 'group-member') return holdsInGroup(principal, holder, resource);
  return rolesOf(principal).includes(holder);
}

function holdsInGroup(principal: Principal, holder: 'group-admin' | 'group-member', resource: Resource | undefined): boolean {
  return principal.groups.some((group) => {
    if (resource && resource.group !== group.id) return false;
    return holder === 'group-member' || group.role === 'admin' || isService(principal);
  });
}

/** A service has no role of its own; what its scopes name it does as an admin of the place it was made for. */
function rolesOf(principal: Principal): readonly Role[] {
  return isService(principal) && principal.tokenGroup === null ? ['admin'] : principal.roles;
}

function isService(principal: Principal): boolean {
  return principal.tokenId !== null && principal.userId === null;
}
