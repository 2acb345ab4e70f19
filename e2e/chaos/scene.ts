import type { FakeUpstream } from '@byok/testing';
import type { AdminClient, Json } from '../support/admin-client.js';
import { grantCredits } from '../support/credits.js';
import { providerKeys } from '../support/provider-keys.js';
import type { Standalone } from '../support/start-standalone.js';
import { newWorld, type World } from '../support/world.js';

/** Somebody who calls, all the time. */
export interface Caller {
  name: string;
  token: string;
  orgId: string;
}

export interface Scene {
  callers: Caller[];
  orgIds: string[];
  operator: AdminClient;
  /** The org whose credits are topped up while it spends. */
  toppedUp: string;
  topUpUsd: string;
}

/** How the provider behaves is told by the model: each kind of call has one of its own. */
export const MODELS = { good: ['gpt-4o', 'gpt-4o-mini'], slow: 'gpt-4.1-mini', cut: 'gpt-4.1', broken: 'gpt-4.1-nano', wrong: 'o3-mini', silentOnUsage: 'gpt-4-turbo' } as const;

export function misbehave(upstream: FakeUpstream): void {
  upstream.behave({ when: { model: MODELS.slow }, textTokens: 30, betweenEventsMs: 25 });
  upstream.behave({ when: { model: MODELS.cut }, textTokens: 20, cutAfterEvents: 6 });
  upstream.behave({ when: { model: MODELS.broken }, status: 503, body: '{"error":{"message":"overloaded","type":"server_error","param":null,"code":null}}' });
  upstream.behave({ when: { model: MODELS.wrong }, status: 400, body: '{"error":{"message":"bad temperature","type":"invalid_request_error","param":"temperature","code":null}}' });
  upstream.behave({ when: { model: MODELS.silentOnUsage }, withoutUsage: true });
}

/**
 * Two orgs. In the first, ann and ben spend credits inside four nested hard budgets, a service spends them inside the org's alone,
 * and cid calls on a key of his own beside a soft budget. In the second, dee spends the few credits there are, and eve calls on a
 * key of her own inside a hard budget that counts such keys. Every amount is so small that it binds before the time is over.
 */
export async function buildScene(standalone: Standalone, seconds: number): Promise<Scene> {
  const operator = await standalone.operator();
  await operator.post('/api/keys', { owner: { type: 'platform' }, provider: 'openai', apiKey: providerKeys.openai(), skipTest: true });
  const usd = (perSecond: number): string => (perSecond * seconds).toFixed(6);
  const first = await busyOrg(standalone, usd);
  const second = await poorOrg(standalone, usd);
  for (const { world } of [first, second]) {
    await nameEveryCall(standalone, world.orgId);
    // There is no mail server here: alerts are raised, and nobody waits for them.
    await world.owner.put('/api/alerts/settings', { mailTo: [], lowBalanceUsd: null });
  }
  await grantCredits(operator, first.world.orgId, usd(0.0006));
  await grantCredits(operator, second.world.orgId, usd(0.0001));
  return { callers: [...first.callers, ...second.callers], orgIds: [first.world.orgId, second.world.orgId], operator, toppedUp: first.world.orgId, topUpUsd: usd(0.000012) };
}

type Usd = (perSecond: number) => string;

async function busyOrg(standalone: Standalone, usd: Usd): Promise<{ world: World; callers: Caller[] }> {
  const world = await newWorld(standalone, 'Busy', { platformKeysGranted: true });
  const [ann, ben, cid] = [await world.person('ann'), await world.person('ben'), await world.person('cid')];
  const group = await world.group('research', [ann, ben]);
  const ownKey = await world.session(cid);
  await ownKey.post('/api/keys', { provider: 'openai', apiKey: providerKeys.openai(), skipTest: true });
  const inGroup = async (user: string): Promise<Json> => world.owner.post('/api/tokens', { name: 'in the group', user, group });
  const [annToken, benToken, service] = [await inGroup(ann.id), await inGroup(ben.id), await world.serviceToken(null)];
  await budget(world, { name: 'token', scope: 'token', scopeId: annToken['id'], amountUsd: usd(0.00008) });
  await budget(world, { name: 'user', scope: 'user', scopeId: ann.id, amountUsd: usd(0.00012) });
  await budget(world, { name: 'group', scope: 'group', scopeId: group, amountUsd: usd(0.00025) });
  await budget(world, { name: 'org', amountUsd: usd(0.0006) });
  await budget(world, { name: 'soft', hard: false, includesOwnKeys: true, amountUsd: usd(0.0003) });
  const caller = (name: string, token: string): Caller => ({ name, token, orgId: world.orgId });
  return { world, callers: [caller('ann', annToken['token'] as string), caller('ben', benToken['token'] as string), caller('service', service.token), caller('cid', cid.token)] };
}

async function poorOrg(standalone: Standalone, usd: Usd): Promise<{ world: World; callers: Caller[] }> {
  const world = await newWorld(standalone, 'Poor', { platformKeysGranted: true, tier: 'trial' });
  const [dee, eve] = [await world.person('dee'), await world.person('eve')];
  const ownKey = await world.session(eve);
  await ownKey.post('/api/keys', { provider: 'openai', apiKey: providerKeys.openai(), skipTest: true });
  await budget(world, { name: 'own keys too', scope: 'user', scopeId: eve.id, includesOwnKeys: true, amountUsd: usd(0.0001) });
  return { world, callers: [dee, eve].map(({ name, token }) => ({ name, token, orgId: world.orgId })) };
}

function budget(world: World, fields: Json): Promise<Json> {
  return world.owner.post('/api/budgets', { period: 'total', hard: true, thresholds: [50, 100], ...fields });
}

/** A tag on every call, so that what was metered can be found beside what the provider saw. */
function nameEveryCall(standalone: Standalone, orgId: string): Promise<unknown> {
  return standalone.sql(`UPDATE identity.org SET settings = settings || '{"callerTags": ["call"]}' WHERE id = $1`, [orgId]);
}
