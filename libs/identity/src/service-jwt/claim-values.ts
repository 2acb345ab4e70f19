export type Claims = Readonly<Record<string, unknown>>;

/**
 * The texts of a claim: a list's, or those of a text that is separated by spaces, as `scope` is. `realm_access.roles` looks inside, unless a
 * claim has that very name. Undefined when there is no such claim.
 */
export function claimValues(claims: Claims, name: string): string[] | undefined {
  const value = own(claims, name) ?? name.split('.').reduce<unknown>((inside, part) => own(inside, part), claims);
  if (typeof value === 'string') return [...new Set([value, ...value.split(' ')])].filter(Boolean);
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : undefined;
}

/** Claims are somebody else's JSON: what every object inherits is not one. */
function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Claims)[name] : undefined;
}
