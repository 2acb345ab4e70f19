/** Whose key it is, in the order a call looks at them. */
export const OWNERS = ['user', 'group', 'org', 'platform'] as const;
export type OwnerType = (typeof OWNERS)[number];
