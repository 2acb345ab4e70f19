import { GOVERNANCE_REQUESTS } from './governance-requests.js';

/** What a request is about, as far as permissions tell it apart. `anything`: a list, of which everybody sees their part. */
export type Subject = 'org' | 'user' | 'self' | 'group' | 'platform' | 'anything';

export type RouteIds = Readonly<Record<string, string>>;

/** A request to a route, where the path alone does not say what is sent or asked about. */
export interface RouteRequest {
  /** Where a route has several. */
  name?: string;
  body?: unknown;
  /** A body or a query that names ids of the tenant: of another one's they are not found. */
  bodyWith?: (ids: RouteIds) => unknown;
  query?: string;
  queryWith?: (ids: RouteIds) => string;
  /** Unless told: the user, group, token's or key's group of the path, else the org; without ids and by kind of owner, `anything`. */
  of?: Subject;
  /** Demanded in the end, where the OpenAPI names what is asked first. */
  demand?: string;
  /** Demanded besides, of the token or the key in the path. */
  also?: string;
  /** The spec that asks who may do this, where that depends on more than the matrix. */
  elsewhere?: string;
  /** Ids of another tenant filter the caller's own org's rows and find nothing, instead of not being found themselves. */
  filtersOwn?: true;
  /** Sent first to the same path by who asks, so that there is something to ask about. */
  before?: { method: string; body: unknown };
  /** Statuses of a caller who is let in, unless any 2xx; for what the stand-ins cannot do. */
  letIn?: readonly number[];
}

const KEY = { apiKey: 'sk-a-key-of-the-matrix-0001', skipTest: true };
const STORED = { method: 'POST', body: KEY };
const PRICE = { provider: 'acme', model: 'm', rates: { input: '1' }, source: 'a page' };
const BUDGET = { name: 'b', amountUsd: '5', period: 'month' };
const SHARE = { weight: 2 };
const PER_MINUTE = { requestsPerMinute: 5 };
const JANUARY = { from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' };
const everybodysList = { of: 'anything' } as const;

const usage = (query = ''): RouteRequest[] => [
  { ...everybodysList, query },
  { name: 'of a user', of: 'user', queryWith: ({ user }) => `user=${user}&${query}`, filtersOwn: true },
  { name: 'of a group', of: 'group', queryWith: ({ group }) => `group=${group}&${query}`, filtersOwn: true },
];

/**
 * Every route of the admin API that takes a body, or is about something that its path does not show. A new route with a body is added here:
 * the generated specs of apps/admin-api/src/access find it in the OpenAPI and fail until it is. (governance-requests.ts is more of the same.)
 */
export const ROUTE_REQUESTS: Readonly<Record<string, RouteRequest | readonly RouteRequest[]>> = {
  'POST /api/orgs': { body: { name: 'Third' } },
  'PATCH /api/orgs/{org}': { body: { name: 'Renamed' } },
  'POST /api/orgs/{org}/users': { body: { email: 'new@UNIQUE.test', name: 'New', role: 'member' } },
  'PATCH /api/orgs/{org}/users/{user}': { body: { name: 'Renamed' } },
  'GET /api/orgs/{org}/users/{user}': [{ of: 'user' }, { name: 'of oneself', of: 'self' }],
  'POST /api/orgs/{org}/groups': { body: { name: 'UNIQUE' } },
  'PATCH /api/orgs/{org}/groups/{group}': { body: { name: 'UNIQUE' } },
  'PUT /api/orgs/{org}/groups/{group}/members/{user}': { of: 'group', body: { role: 'member' } },
  'DELETE /api/orgs/{org}/groups/{group}/members/{user}': { of: 'group' },
  'PUT /api/orgs/{org}/limits': { body: PER_MINUTE },
  'PUT /api/orgs/{org}/groups/{group}/limits': { body: PER_MINUTE },
  'PUT /api/orgs/{org}/users/{user}/limits': { body: PER_MINUTE },
  'PUT /api/tokens/{token}/limits': { body: PER_MINUTE },
  'PUT /api/keys/{key}/limits': { body: PER_MINUTE },
  'PUT /api/orgs/{org}/tags': { body: { tags: {}, callerTags: [] } },
  'PUT /api/orgs/{org}/groups/{group}/tags': { body: { tags: {} } },
  'PUT /api/orgs/{org}/users/{user}/tags': { body: { tags: {} } },
  'PUT /api/tokens/{token}/tags': { body: { tags: {} }, also: 'token:read' },
  'PUT /api/orgs/{org}/cache': { body: { enabled: false, ttlSeconds: 60, maxBytes: 100_000 } },
  'PUT /api/orgs/{org}/users/{user}/share': { body: SHARE },
  'PUT /api/tokens/{token}/share': { body: SHARE },
  'PUT /api/orgs/{org}/policy': { body: { platformCredits: 'never' } },
  'PUT /api/orgs/{org}/groups/{group}/policy': { body: { platformCredits: 'never' } },
  'GET /api/me/preferences': { of: 'self' },
  'PUT /api/me/preferences': { of: 'self', body: { autoSwitchProvider: true } },

  'POST /api/tokens': [
    { name: 'for oneself', of: 'self', body: { name: 't' } },
    { name: 'for a user', of: 'user', bodyWith: ({ user }) => ({ name: 't', user }) },
    { name: 'for a group', of: 'group', bodyWith: ({ group }) => ({ name: 't', user: null, group }) },
    { name: 'for the org', of: 'org', body: { name: 't', user: null } },
  ],
  'GET /api/tokens': [everybodysList, { name: 'of a user', of: 'user', queryWith: ({ user }) => `user=${user}` }, { name: 'of a group', of: 'group', queryWith: ({ group }) => `group=${group}` }],
  'POST /api/tokens/{token}/rotate': { body: {} },
  'POST /api/keys': [
    { name: 'of oneself', of: 'self', body: { ...KEY, provider: 'openai' } },
    { name: 'of a user', of: 'user', bodyWith: ({ user }) => ({ ...KEY, provider: 'openai', owner: { type: 'user', id: user } }) },
    { name: 'of a group', of: 'group', bodyWith: ({ group }) => ({ ...KEY, provider: 'openai', owner: { type: 'group', id: group } }) },
    { name: 'of the org', of: 'org', bodyWith: ({ org }) => ({ ...KEY, provider: 'openai', owner: { type: 'org', id: org } }) },
    { name: 'of the platform', of: 'platform', body: { ...KEY, provider: 'openai', owner: { type: 'platform' } } },
  ],
  'GET /api/keys': everybodysList,
  'PATCH /api/keys/{key}': { body: { label: 'Renamed' } },
  'POST /api/keys/{key}/rotate': { body: KEY },
  // There is nothing to promote or to take back.
  'POST /api/keys/{key}/promote': { letIn: [200, 409] },
  'POST /api/keys/{key}/rollback': { letIn: [200, 409] },
  'GET /api/keys/{key}/stats': { of: 'anything', also: 'key:read' },

  'POST /api/routing/explain': [
    { name: 'for oneself', of: 'self', body: { model: 'openai/gpt-x' } },
    { name: 'for a user', of: 'user', bodyWith: ({ user }) => ({ model: 'openai/gpt-x', user }) },
  ],
  'GET /api/usage': usage(),
  'GET /api/usage/export.csv': usage(),
  'GET /api/reports/statement': usage('month=2026-10'),
  'GET /api/reports/savings': usage('baseline=openai/gpt-x'),
  'GET /api/reports/forecast': usage(),
  'GET /api/reports/providers': usage(),
  'GET /api/orgs/{org}/chargeback': {},
  'PUT /api/orgs/{org}/chargeback': { body: { costCentre: 'group', rules: [] } },
  'POST /api/calculator': { body: { tokens: { input: 1, output: 1 }, models: ['openai/gpt-x'] } },
  'POST /api/budgets': [
    { name: 'of the org', of: 'org', body: BUDGET },
    { name: 'of a group', of: 'group', bodyWith: ({ group }) => ({ ...BUDGET, scope: 'group', scopeId: group }) },
    { name: 'of a user', of: 'user', bodyWith: ({ user }) => ({ ...BUDGET, scope: 'user', scopeId: user }) },
  ],
  'GET /api/budgets': everybodysList,
  'PATCH /api/budgets/{budget}': { body: { amountUsd: '6' } },
  'PUT /api/alerts/settings': { body: { mailTo: [], lowBalanceUsd: null } },
  'POST /api/webhooks': { body: { name: 'w', url: 'https://hooks.example.com/' } },
  'PUT /api/prices/overrides': { body: PRICE },
  'POST /api/prices/imports': { body: { dryRun: true } },
  'PUT /api/orgs/{org}/prices': { body: PRICE },
  'POST /api/orgs/{org}/rerate': { body: JANUARY },
  'POST /api/orgs/{org}/invoices/{month}/credit-notes': { body: { amountUsd: '1.00', reason: 'r', reference: 'r-1' } },
  'POST /api/reconciliations': { body: { provider: 'openai', format: 'generic', csv: 'day,amount_usd\n2026-10-01,1.00' } },
  'POST /api/reconciliations/{reconciliation}/adjustments': { bodyWith: ({ org }) => ({ org, amountUsd: '-1', reason: 'r', reference: 'r-1' }) },
  'POST /api/orgs/{org}/credits/grants': { body: { amountUsd: '1.00', kind: 'paid', note: 'n', idempotencyKey: 'k-1' } },
  'POST /api/orgs/{org}/credits/refunds': { body: { eventId: `evt_${'0'.repeat(32)}`, idempotencyKey: 'k-1' } },

  'POST /api/byok/validate': { of: 'anything', body: { provider: 'openai', apiKey: KEY.apiKey } },
  'GET /api/byok/keys': everybodysList,
  'GET /api/byok/stats': everybodysList,
  'POST /api/byok/keys/{provider}': { of: 'self', body: KEY },
  'DELETE /api/byok/keys/{provider}': { of: 'self', before: STORED },
  'DELETE /api/byok/groups/{group}/keys/{provider}': { before: STORED },
  'DELETE /api/byok/orgs/{org}/keys/{provider}': { before: STORED },
  'POST /api/byok/groups/{group}/keys/{provider}': { body: KEY },
  'POST /api/byok/orgs/{org}/keys/{provider}': { body: KEY },
  'POST /api/byok/platform/keys/{provider}': { of: 'platform', body: KEY },
  'DELETE /api/byok/platform/keys/{provider}': { of: 'platform', before: STORED },
  'POST /api/byok/groups/{group}/users/{user}': { of: 'group' },
};

export function requestsOfRoute(route: string): readonly RouteRequest[] {
  const found = ROUTE_REQUESTS[route] ?? GOVERNANCE_REQUESTS[route] ?? {};
  return Array.isArray(found) ? (found as readonly RouteRequest[]) : [found as RouteRequest];
}

/** The body of a route's first request. */
export function bodyOfRoute(route: string, ids: RouteIds): unknown {
  const [{ body, bodyWith }] = requestsOfRoute(route) as [RouteRequest];
  return bodyWith ? bodyWith(ids) : withUniqueNames(body);
}

let last = 0;

/** UNIQUE in a body is another name each time it is sent. */
export function withUniqueNames(body: unknown): unknown {
  return body === undefined ? undefined : JSON.parse(JSON.stringify(body).replaceAll('UNIQUE', () => `n${++last}`));
}
