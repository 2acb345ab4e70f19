import type { RouteRequest } from './route-requests.js';

const SCIM = 'urn:ietf:params:scim';
const SCIM_USER = { schemas: [`${SCIM}:schemas:core:2.0:User`], userName: 'scim@UNIQUE.test', displayName: 'S' };
const SCIM_GROUP = { schemas: [`${SCIM}:schemas:core:2.0:Group`], displayName: 'UNIQUE' };
const SCIM_PATCH = { schemas: [`${SCIM}:api:messages:2.0:PatchOp`], Operations: [{ op: 'replace', path: 'displayName', value: 'UNIQUE' }] };
const PROVIDER = { issuer: 'https://idp.example.com', clientId: 'byok', allowedDomains: ['matrix.test'] };
const REQUESTS_SPEC = 'requests/requests.int.spec.ts';
const REASON = { reason: 'of the matrix' };
const ISSUER = { name: 'UNIQUE', issuer: 'https://UNIQUE.example.com', rules: [{}] };
const A_MOMENT_LATER = new Date(Date.parse('2027-01-01')).toISOString();

/** ROUTE_REQUESTS of keys' and people's life: seals, requests, reviews, encryption, where people and services come from. */
export const GOVERNANCE_REQUESTS: Readonly<Record<string, RouteRequest | readonly RouteRequest[]>> = {
  'POST /api/keys/{key}/seal': { body: REASON },
  // The vault decides that one, not the stand-in.
  'POST /api/keys/{key}/unseal': { body: REASON, elsewhere: 'apps/key-vault/src/verbs/governance.int.spec.ts' },
  'POST /api/keys/{key}/transfer': { body: { owner: { type: 'user' }, reason: 'r' } },

  'POST /api/requests': { of: 'anything', bodyWith: ({ group }) => ({ group }), letIn: [201, 409] },
  'GET /api/requests': { of: 'anything' },
  'GET /api/requests/{request}': { elsewhere: REQUESTS_SPEC },
  'POST /api/requests/{request}/withdraw': { elsewhere: REQUESTS_SPEC },
  'POST /api/requests/{request}/end': { elsewhere: REQUESTS_SPEC },
  'POST /api/requests/{request}/grant': { of: 'group', body: { expiresAt: A_MOMENT_LATER }, letIn: [200, 409] },
  'POST /api/requests/{request}/refuse': { of: 'group', body: { note: '' }, letIn: [200, 409] },

  'POST /api/orgs/{org}/access-reviews': { body: { name: 'r' } },
  'POST /api/orgs/{org}/access-reviews/{review}/decisions': { body: { decisions: [{ line: 1, decision: 'keep' }] } },
  'POST /api/orgs/{org}/access-reviews/{review}/close': { body: { name: 'r' }, letIn: [200, 409] },

  // They end the session that asks.
  'POST /api/me/password': { body: { currentPassword: 'not this one', newPassword: 'a new one, long enough' }, elsewhere: 'apps/admin-api/src/me/' },
  'DELETE /api/me/sessions/{session}': { elsewhere: 'apps/admin-api/src/me/' },
  'POST /api/orgs/{org}/invites': { body: { email: 'i@UNIQUE.test' } },

  'POST /api/orgs/{org}/trusted-issuers': { body: ISSUER },
  'PUT /api/orgs/{org}/trusted-issuers/{issuer}': { body: ISSUER },
  'GET /api/orgs/{org}/identity-provider': { letIn: [200, 404] },
  'PUT /api/orgs/{org}/identity-provider': { body: PROVIDER },
  'DELETE /api/orgs/{org}/identity-provider': { before: { method: 'PUT', body: PROVIDER } },
  'PUT /api/orgs/{org}/encryption': { body: { kekUri: null } },
  'POST /scim/v2/{org}/Users': { body: SCIM_USER },
  'PUT /scim/v2/{org}/Users/{user}': { body: SCIM_USER },
  'PATCH /scim/v2/{org}/Users/{user}': { body: SCIM_PATCH },
  'POST /scim/v2/{org}/Groups': { body: SCIM_GROUP },
  'PUT /scim/v2/{org}/Groups/{group}': { body: SCIM_GROUP },
  'PATCH /scim/v2/{org}/Groups/{group}': { body: SCIM_PATCH },
};
