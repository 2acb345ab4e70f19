import { randomBytes } from 'node:crypto';
import { logIn, type AdminClient, type Json } from './admin-client.js';
import { eventually } from './eventually.js';
import { providerKeys } from './provider-keys.js';
import type { Standalone } from './start-standalone.js';

const PASSWORD = 'a long enough password';

export interface Person {
  id: string;
  name: string;
  email: string;
  /** What this person calls the gateway with. */
  token: string;
  tokenId: string;
}

/** An org of its own: what one story does is not seen by another. */
export interface World {
  orgId: string;
  owner: AdminClient;
  ownerId: string;
  person(name: string, role?: string): Promise<Person>;
  /** The person with a session in the admin API. */
  session(person: Person): Promise<AdminClient>;
  group(name: string, members?: Person[]): Promise<string>;
  /** Stores a key without a test call; answers the key resource. */
  key(owner: { type: 'group' | 'org' | 'user'; id?: string }, provider: string, apiKey: string, extra?: object): Promise<Json>;
  serviceToken(groupId: string | null, extra?: object): Promise<{ id: string; token: string }>;
  /** Lines of the usage report, once it holds at least so many requests. */
  usage(groupBy: string, atLeast?: number): Promise<UsageLine[]>;
}

export type UsageLine = Record<'org' | 'group' | 'user' | 'token' | 'key' | 'owner' | 'provider' | 'model', string | null> &
  Record<'requests' | 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'reasoningTokens' | 'totalTokens' | 'estimatedRequests' | 'unpricedRequests', number> & { costUsd: string | null; knownCostUsd: string; chargedUsd: string };

export async function newWorld(standalone: Standalone, name: string, orgFields: object = {}): Promise<World> {
  const operator = await standalone.operator();
  const suffix = randomBytes(4).toString('hex');
  const org = await operator.post('/api/orgs', { name: `${name} ${suffix}`, tier: 'enterprise', ...orgFields });
  const orgId = org['id'] as string;
  const emailOf = (who: string) => `${who}.${suffix}@example.com`;
  const onAnswer = (text: string) => void standalone.answers.push(text);
  const founder = await operator.post(`/api/orgs/${orgId}/users`, { email: emailOf('owner'), name: 'owner', role: 'owner', password: PASSWORD });
  const owner = await logIn(standalone.adminUrl, emailOf('owner'), PASSWORD, onAnswer);

  return {
    orgId,
    owner,
    ownerId: founder['id'] as string,
    person: async (who, role = 'member') => {
      const user = await owner.post(`/api/orgs/${orgId}/users`, { email: emailOf(who), name: who, role, password: PASSWORD });
      const token = await owner.post('/api/tokens', { name: `${who}'s token`, user: user['id'] });
      return { id: user['id'] as string, name: who, email: emailOf(who), token: token['token'] as string, tokenId: token['id'] as string };
    },
    session: (person) => logIn(standalone.adminUrl, person.email, PASSWORD, onAnswer),
    group: async (groupName, members = []) => {
      const group = await owner.post(`/api/orgs/${orgId}/groups`, { name: groupName });
      for (const { id } of members) await owner.put(`/api/orgs/${orgId}/groups/${group['id']}/members/${id}`, { role: 'member' });
      return group['id'] as string;
    },
    key: (keyOwner, provider, apiKey, extra = {}) => owner.post('/api/keys', { owner: { ...(keyOwner.type === 'org' ? { id: orgId } : {}), ...keyOwner }, provider, apiKey, skipTest: true, ...extra }),
    serviceToken: async (groupId, extra = {}) => {
      const token = await owner.post('/api/tokens', { name: 'a service', user: null, ...(groupId ? { group: groupId } : {}), ...extra });
      return { id: token['id'] as string, token: token['token'] as string };
    },
    usage: (groupBy, atLeast = 0) => readUsage(owner, groupBy, atLeast),
  };
}

async function readUsage(owner: AdminClient, groupBy: string, atLeast: number): Promise<UsageLine[]> {
  const read = async () => (await owner.get(`/api/usage?groupBy=${groupBy}&limit=1000`))['items'] as UsageLine[];
  return eventually(read, (items) => items.reduce((sum, item) => sum + item.requests, 0) >= atLeast, 20_000);
}

/** A world with one group, one member and one OpenAI key of the group: the least with which a call goes through. */
export async function newWorldWithKey(standalone: Standalone, name: string) {
  const world = await newWorld(standalone, name);
  const person = await world.person('ann');
  const groupId = await world.group('research', [person]);
  const secret = providerKeys.openai();
  const key = await world.key({ type: 'group', id: groupId }, 'openai', secret);
  return { world, person, groupId, secret, keyId: key['id'] as string };
}
