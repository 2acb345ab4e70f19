import type { ScimDocument, ScimList } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import { directoryOf } from './scim-deps.js';
import { EnterpriseUserSchema, GroupResource, GroupSchema, ListResponse, ResourceType, ServiceProviderConfig, UserResource, UserSchema } from './scim-library.js';

const SCHEMAS = [UserSchema, GroupSchema, EnterpriseUserSchema];
const RESOURCES = [UserResource, GroupResource];

const ABILITIES = {
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 200 },
  ...{ changePassword: { supported: false }, sort: { supported: false }, etag: { supported: false } },
  authenticationSchemes: [{ type: 'oauthbearertoken', name: 'Bearer token', description: 'A service token of the organisation with the management scope scim:manage.' }],
};

export function scimConfig(principal: Principal, orgId: string): ScimDocument {
  const org = directoryOf(principal, orgId);
  return plain(new ServiceProviderConfig(ABILITIES as never, `/scim/v2/${org}/ServiceProviderConfig`));
}

export function scimSchemas(principal: Principal, orgId: string): ScimList {
  const org = directoryOf(principal, orgId);
  return listOf(SCHEMAS.map((schema) => schema.definition.describe(`/scim/v2/${org}/Schemas`)));
}

export function scimSchema(principal: Principal, { org, schema }: { org: string; schema: string }): ScimDocument {
  const found = scimSchemas(principal, org).Resources.find(({ id }) => id === schema);
  if (!found) throw new AppError('not_found', 'There is no such schema.');
  return found as ScimDocument;
}

export function scimResourceTypes(principal: Principal, orgId: string): ScimList {
  const org = directoryOf(principal, orgId);
  return listOf(RESOURCES.map((resource) => new ResourceType(resource.describe() as never, `/scim/v2/${org}/ResourceTypes`)));
}

function listOf(resources: object[]): ScimList {
  return { schemas: [ListResponse.id], totalResults: resources.length, startIndex: 1, itemsPerPage: resources.length, Resources: resources.map((each) => plain<Record<string, unknown>>(each)) };
}

function plain<T>(resource: object): T {
  return JSON.parse(JSON.stringify(resource)) as T;
}
