import { newId } from '@byok/kernel';
import { namesIn, type RouteIds } from '@byok/testing';
import type { Route } from './api-routes.js';
import type { Standing } from './expected-access.js';
import { OPERATOR, PASSWORD, type Caller, type TestApi } from './test-api.js';

export interface MatrixCaller {
  name: string;
  email: string;
  call: Caller;
  userId: string;
  standing: Standing;
}

export interface MatrixWorld {
  ids: RouteIds;
  /** Everybody of the tenant, and the operator of the platform. */
  callers: MatrixCaller[];
  otherTenant: MatrixCaller;
  /** A token of the owner that could do everything until a moment ago. */
  expired: Caller;
  /** Things of the tenant made for one request, so that it may change or end them; a route with a new name in its path adds a line to FRESH. */
  freshIds(route: Route): Promise<RouteIds>;
}

const STANDINGS: Readonly<Record<string, Standing>> = {
  owner: { role: 'owner' },
  admin: { role: 'admin' },
  billing: { role: 'billing' },
  auditor: { role: 'auditor' },
  member: { role: 'member' },
  'group member': { role: 'member', groupRole: 'member' },
  'group admin': { role: 'member', groupRole: 'admin' },
};
/** Of no tenant in particular. */
const FIXED = { provider: 'openai', month: '2026-10', line: '1', reconciliation: `rec_${'0'.repeat(32)}`, schema: 'urn:ietf:params:scim:schemas:core:2.0:User' };

/** One tenant with somebody of every standing, another with an owner, and the operator. */
export async function matrixWorld(api: TestApi): Promise<MatrixWorld> {
  const operator = await api.signIn(OPERATOR);
  const org: string = (await operator('POST', '/api/orgs', { name: 'matrix', tier: 'enterprise' })).body.id;
  const other: string = (await operator('POST', '/api/orgs', { name: 'other', tier: 'enterprise' })).body.id;
  const add = (name: string, standing: Standing, to = org) => addCaller(api, operator, to, name, standing);
  const callers = await Promise.all(Object.entries(STANDINGS).map(([name, standing]) => add(name, standing)));
  const owner = callers[0]!.call;
  const group: string = (await owner('POST', `/api/orgs/${org}/groups`, { name: 'team' })).body.id;
  for (const { standing, userId } of callers) if (standing.groupRole) await owner('PUT', `/api/orgs/${org}/groups/${group}/members/${userId}`, { role: standing.groupRole });
  const operatorId: string = (await operator('GET', '/api/me')).body.id;
  const fresh = (names: readonly string[]) => makeAll(api, owner, { org, group, ...FIXED }, names);
  return {
    ids: await fresh(Object.keys(FRESH).filter((name) => name !== 'group')),
    callers: [...callers, { name: 'operator', email: OPERATOR, call: operator, userId: operatorId, standing: { role: 'owner', isOperator: true } }],
    otherTenant: await add('other tenant', { role: 'owner' }, other),
    expired: await expiredToken(api, owner),
    // The group stays the one in which everybody has their standing, but for a request that ends it.
    freshIds: (route) => fresh(namesIn(route.template).filter((name) => name !== 'group' || (route.method === 'DELETE' && route.template.endsWith('{group}')))),
  };
}

async function addCaller(api: TestApi, operator: Caller, org: string, name: string, standing: Standing): Promise<MatrixCaller> {
  const email = `${name.replace(' ', '-')}@matrix.test`;
  const userId: string = (await operator('POST', `/api/orgs/${org}/users`, { email, name, role: standing.role, password: PASSWORD })).body.id;
  return { name, email, userId, standing, call: await api.signIn(email) };
}

async function expiredToken(api: TestApi, owner: Caller): Promise<Caller> {
  const { id, token } = (await owner('POST', '/api/tokens', { name: 'over', managementScopes: ['org:read', 'user:create', 'usage:read'] })).body;
  await api.db.query(`UPDATE identity.token SET expires_at = now() - interval '1 minute' WHERE id = $1`, [id]);
  return api.as(token as string);
}

type Make = (api: TestApi, owner: Caller, ids: RouteIds) => Promise<string>;
const made = async (answer: ReturnType<Caller>): Promise<string> => (await answer).body.id as string;
let last = 0;

/** How each thing that a path names is made; in this order, so that what comes later may use what came before. */
const FRESH: Readonly<Record<string, Make>> = {
  group: (_, owner, { org }) => made(owner('POST', `/api/orgs/${org}/groups`, { name: `g${++last}` })),
  user: async (_, owner, { org, group }) => {
    const id = await made(owner('POST', `/api/orgs/${org}/users`, { email: `u${++last}@matrix.test`, name: 'U' }));
    await owner('PUT', `/api/orgs/${org}/groups/${group}/members/${id}`, {});
    return id;
  },
  token: (_, owner, { group }) => made(owner('POST', '/api/tokens', { name: 't', user: null, group })),
  key: (_, owner, { group }) => made(owner('POST', '/api/keys', { owner: { type: 'group', id: group }, provider: 'openai', apiKey: `sk-of-the-matrix-${++last}-0001`, skipTest: true })),
  budget: (_, owner) => made(owner('POST', '/api/budgets', { name: 'b', amountUsd: '1', period: 'month' })),
  webhook: (_, owner) => made(owner('POST', '/api/webhooks', { name: 'w', url: 'https://hooks.example.com/' })),
  alert: async ({ neighbours }, _, { org }) => {
    const alert = { id: newId('alert'), kind: 'low_balance', subject: '', text: '', factsJson: '{}', createdAt: new Date().toISOString(), acknowledgedAt: '', acknowledgedBy: '', deliveries: [] };
    neighbours.billing.alerts.push({ ...alert, orgId: org! });
    return alert.id;
  },
  invite: async (_, owner, { org }) => (await owner('POST', `/api/orgs/${org}/invites`, { email: `i${++last}@matrix.test` })).body.id as string,
  review: (_, owner, { org }) => made(owner('POST', `/api/orgs/${org}/access-reviews`, { name: 'r' })),
  issuer: (_, owner, { org }) => made(owner('POST', `/api/orgs/${org}/trusted-issuers`, { name: `i${++last}`, issuer: `https://i${last}.example.com`, rules: [{}] })),
  // Of somebody who is not in the group yet.
  request: async ({ db }, owner, { org, group }) => {
    const user = await made(owner('POST', `/api/orgs/${org}/users`, { email: `u${++last}@matrix.test`, name: 'U' }));
    const id = newId('accessRequest');
    await db.query(`INSERT INTO identity.access_request (id, org_id, user_id, group_id, decided_in, reason) VALUES ($1, $2, $3, $4, $4, '')`, [id, org, user, group]);
    return id;
  },
};

async function makeAll(api: TestApi, owner: Caller, fixed: RouteIds, names: readonly string[]): Promise<RouteIds> {
  const unknown = names.filter((name) => !(name in fixed) && !(name in FRESH));
  if (unknown.length > 0) throw new Error(`How is a {${unknown.join('}, {')}} made? Add it to FRESH in apps/admin-api/src/spec/matrix-world.ts.`);
  let ids = fixed;
  for (const [name, make] of Object.entries(FRESH)) {
    if (names.includes(name)) ids = { ...ids, [name]: await make(api, owner, ids) };
  }
  return ids;
}
