import { claimValues, type Claims, type Role, type SignInSettings } from '@byok/identity';

/** The role that the provider's claims give; undefined where roles are set here. Never owner. */
export function roleOfClaims({ roles, roleClaim }: Pick<SignInSettings, 'roles' | 'roleClaim'>, claims: Claims): Exclude<Role, 'owner'> | undefined {
  if (roles.length === 0) return undefined;
  const values = claimValues(claims, roleClaim) ?? [];
  return roles.find(({ value }) => values.includes(value))?.role ?? 'member';
}

/** What a user's role becomes; undefined when it stays. Owners are made and unmade here alone. */
export function nextRole(settings: Pick<SignInSettings, 'roles' | 'roleClaim'>, claims: Claims, role: Role): Role | undefined {
  const wanted = roleOfClaims(settings, claims);
  return wanted === undefined || role === 'owner' || role === wanted ? undefined : wanted;
}
