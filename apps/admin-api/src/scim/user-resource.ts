import type { ScimUser } from '@byok/contracts';
import type { DirectoryUser } from '@byok/identity';
import { asScim, scimRefusal, UserSchema } from './scim-library.js';
import { attributeFilter, type WantedAttributes } from './wanted-attributes.js';

/** What of a SCIM user is kept here; the rest is taken and forgotten. */
export interface UserFacts {
  email: string;
  name: string;
  externalId: string | null;
  isActive: boolean;
}

type Incoming = InstanceType<typeof UserSchema> & Record<string, unknown>;

/** A user in SCIM's form. */
export function userResource(user: DirectoryUser, wanted: WantedAttributes = {}): ScimUser {
  const { id, externalId, email, name, role, groups, createdAt } = user;
  const base = `/scim/v2/${user.orgId}/Users`;
  const shown = {
    ...{ id, userName: email, displayName: name, name: { formatted: name }, active: user.status === 'active', roles: [{ value: role, primary: true }] },
    emails: [{ value: email, type: 'work', primary: true }],
    groups: groups.map((group) => ({ value: group.id, display: group.name })),
    ...(externalId === null ? {} : { externalId }),
    meta: { created: createdAt },
  };
  return JSON.parse(JSON.stringify(new UserSchema(shown as never, 'out', base, attributeFilter(wanted)))) as ScimUser;
}

/** The facts in what was sent, checked by SCIM's schema. The address is `userName`: another one beside it would be a second identity. */
export async function userFacts(sent: unknown): Promise<UserFacts> {
  const user = await asScim(() => new UserSchema(withBoolean(sent) as never, 'in') as Incoming);
  return factsOf(user);
}

export function factsOf({ userName, displayName, name, externalId, active }: Incoming): UserFacts {
  const { formatted, givenName, familyName } = (name ?? {}) as { formatted?: string; givenName?: string; familyName?: string };
  const called = [displayName, formatted, [givenName, familyName].filter(Boolean).join(' '), userName].find((each) => typeof each === 'string' && each.trim() !== '') as string;
  return { email: String(userName), name: line('displayName', called), externalId: externalId ? line('externalId', String(externalId)) : null, isActive: active !== false };
}

/** Entra says `"False"`. */
export function withBoolean(sent: unknown): unknown {
  const { active } = (sent ?? {}) as { active?: unknown };
  return typeof active === 'string' && /^(true|false)$/i.test(active) ? { ...(sent as object), active: active.toLowerCase() === 'true' } : sent;
}

export function line(attribute: string, text: string): string {
  const trimmed = text.trim();
  if (trimmed.length < 1 || trimmed.length > 200 || /\p{Cc}/u.test(trimmed)) throw scimRefusal('invalidValue', `${attribute} must be one line of 1 to 200 characters.`);
  return trimmed;
}
