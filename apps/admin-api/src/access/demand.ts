import { may, type Permission, type Principal, type Resource } from '@byok/identity';
import { AppError, type OrgId } from '@byok/kernel';

/** Passes when the principal may do this to exactly that; another tenant's is not there at all. */
export function demand(principal: Principal, permission: Permission, resource: Resource): void {
  if (resource.org !== 'platform') orgOf(principal, resource.org);
  if (!may(principal, permission, resource)) throw forbidden(permission);
}

/** The org that an id in a path or a query names: the caller's own, or any for the platform's operator. */
export function orgOf(principal: Principal, orgId: string = principal.orgId): OrgId {
  if (orgId !== principal.orgId && !principal.isOperator) throw new AppError('not_found', 'There is no such organisation.');
  return orgId as OrgId;
}

export function forbidden(permission: string): AppError {
  return new AppError('forbidden', `Your role or token does not allow this (${permission}). Ask an admin of your organisation.`, { details: { permission } });
}
