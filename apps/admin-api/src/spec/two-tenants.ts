import { testDatabase } from '@byok/testing';
import { OPERATOR, PASSWORD, startTestApi, type Caller, type TestApi, type TestApiOptions } from './test-api.js';

export interface Tenant {
  org: string;
  owner: Caller;
  member: Caller;
  memberId: string;
  group: string;
  token: string;
  key: string;
}

export interface TwoTenants {
  operator: Caller;
  a: Tenant;
  b: Tenant;
}

/** What a spec of two tenants has in hand once it runs. */
export interface TenantsWorld {
  api: TestApi;
  tenants: TwoTenants;
  /** For what somebody does who owns the tables. */
  ownerUrl: string;
}

/**
 * The API on a database of its own with two tenants in it, for the suite that calls this; filled before its first test, gone after its last.
 * `options`: asked when it starts, of what the suite has started before.
 */
export function worldOfTwoTenants(options: () => TestApiOptions = () => ({})): TenantsWorld {
  const world = {} as TenantsWorld;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const database = await testDatabase();
    world.ownerUrl = database.ownerUrl;
    world.api = await startTestApi(database.url('admin'), options());
    close = async () => {
      await world.api.close();
      await database.close();
    };
    world.tenants = await twoTenants(world.api);
  });
  afterAll(() => close());
  return world;
}

/** Two orgs of the same shape: an owner, a member who is in a group, a group key and a token of the group. */
async function twoTenants(api: TestApi): Promise<TwoTenants> {
  const operator = await api.signIn(OPERATOR);
  return { operator, a: await aTenant(api, operator, 'alpha'), b: await aTenant(api, operator, 'beta') };
}

async function aTenant(api: TestApi, operator: Caller, name: string): Promise<Tenant> {
  const org: string = (await operator('POST', '/api/orgs', { name, tier: 'enterprise' })).body.id;
  await operator('POST', `/api/orgs/${org}/users`, { email: `owner@${name}.test`, name: 'Owner', role: 'owner', password: PASSWORD });
  const owner = await api.signIn(`owner@${name}.test`);
  const memberId: string = (await owner('POST', `/api/orgs/${org}/users`, { email: `member@${name}.test`, name: 'Member', password: PASSWORD })).body.id;
  const group: string = (await owner('POST', `/api/orgs/${org}/groups`, { name: 'team' })).body.id;
  await owner('PUT', `/api/orgs/${org}/groups/${group}/members/${memberId}`, {});
  const token: string = (await owner('POST', '/api/tokens', { name: 'service', group })).body.id;
  const key: string = (await owner('POST', '/api/keys', { owner: { type: 'group', id: group }, provider: 'openai', apiKey: `sk-${name}-key-of-the-team-0001` })).body.id;
  return { org, owner, member: await api.signIn(`member@${name}.test`), memberId, group, token, key };
}
