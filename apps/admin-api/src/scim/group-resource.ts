import type { ScimGroup } from '@byok/contracts';
import type { DirectoryGroup } from '@byok/identity';
import type { UserId } from '@byok/kernel';
import { asScim, GroupSchema } from './scim-library.js';
import { line } from './user-resource.js';
import { attributeFilter, type WantedAttributes } from './wanted-attributes.js';

export interface GroupFacts {
  name: string;
  externalId: string | null;
  members: UserId[];
}

type Incoming = InstanceType<typeof GroupSchema> & Record<string, unknown>;

/** A group in SCIM's form. */
export function groupResource(group: DirectoryGroup, wanted: WantedAttributes = {}): ScimGroup {
  const { id, externalId, name, members, createdAt } = group;
  const shown = {
    ...{ id, displayName: name, members: members.map((member) => ({ value: member.id, display: member.name, type: 'User' })), meta: { created: createdAt } },
    ...(externalId === null ? {} : { externalId }),
  };
  return JSON.parse(JSON.stringify(new GroupSchema(shown as never, 'out', `/scim/v2/${group.orgId}/Groups`, attributeFilter(wanted)))) as ScimGroup;
}

export async function groupFacts(sent: unknown): Promise<GroupFacts> {
  return groupFactsOf(await asScim(() => new GroupSchema(sent as never, 'in') as Incoming));
}

export function groupFactsOf({ displayName, externalId, members }: Incoming): GroupFacts {
  const ids = ((members ?? []) as { value?: unknown }[]).flatMap(({ value }) => (typeof value === 'string' ? [value as UserId] : []));
  return { name: line('displayName', String(displayName)), externalId: externalId ? line('externalId', String(externalId)) : null, members: [...new Set(ids)] };
}
