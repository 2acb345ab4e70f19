import { v7 } from 'uuid';

/** What an id names, and the prefix that says so. */
export const ID_PREFIXES = {
  org: 'org',
  user: 'usr',
  group: 'grp',
  token: 'tok',
  session: 'ses',
  invite: 'ivt',
  key: 'key',
  dek: 'dek',
  request: 'req',
  event: 'evt',
  audit: 'aud',
  budget: 'bud',
  journal: 'jrn',
  lot: 'lot',
  invoice: 'inv',
  alert: 'alr',
  webhook: 'whk',
  reconciliation: 'rec',
  review: 'rev',
  accessRequest: 'arq',
  trustedIssuer: 'tis',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;
export type Id<K extends IdKind> = `${(typeof ID_PREFIXES)[K]}_${string}`;
export type OrgId = Id<'org'>;
export type UserId = Id<'user'>;
export type GroupId = Id<'group'>;
export type TokenId = Id<'token'>;
export type SessionId = Id<'session'>;
export type InviteId = Id<'invite'>;
export type KeyId = Id<'key'>;
export type RequestId = Id<'request'>;
export type EventId = Id<'event'>;
export type BudgetId = Id<'budget'>;

/** A new id: prefix, underscore, 32 hex digits of a UUIDv7 (time-ordered, 74 random bits). */
export function newId<K extends IdKind>(kind: K): Id<K> {
  return `${ID_PREFIXES[kind]}_${v7().replaceAll('-', '')}` as Id<K>;
}

/** True when `value` has the shape of an id of that kind; says nothing about existence. */
export function isId<K extends IdKind>(kind: K, value: unknown): value is Id<K> {
  return typeof value === 'string' && value.length === 36 && value.startsWith(`${ID_PREFIXES[kind]}_`) && /^[a-z]{3}_[0-9a-f]{32}$/.test(value);
}
