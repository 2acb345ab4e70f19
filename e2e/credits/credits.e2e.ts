import type { Answer } from '../support/admin-client.js';
import { creditsOf, grantCredits } from '../support/credits.js';
import { eventually } from '../support/eventually.js';
import { callGateway, chat } from '../support/gateway-client.js';
import { providerKeys } from '../support/provider-keys.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorld, type World } from '../support/world.js';

const CALLS = 500;
const ROOM = 50;
const CAP = 200;
/** The dearest that this call can be: as many tokens as its bytes can hold, and as many as it asks for. */
const BODY = JSON.stringify({ model: 'gpt-4o', max_tokens: 100, messages: [{ role: 'user', content: 'Spend all that was reserved for this call.' }] });
const DEAREST = { inputTokens: Math.ceil(BODY.length / 2), outputTokens: 100 };

const { upstream, standalone } = standaloneOfSuite(() => ({ environment: { DEFAULT_MAX_OUTPUT_TOKENS: String(CAP) } }));
/** In nano-USD: what each of these calls reserves, and costs. */
let each: bigint;

beforeAll(async () => {
  const operator = await standalone.operator();
  await operator.post('/api/keys', { owner: { type: 'platform' }, provider: 'openai', apiKey: providerKeys.openai(), skipTest: true });
  const { token } = await orgWith('Probe', 1_000_000_000n);
  each = nano((await spend(token)).headers.get('x-credits-held')!);
});
beforeEach(() => {
  upstream.reset();
  upstream.behave({ when: { model: 'gpt-4o' }, usage: DEAREST, delayMs: 100 });
});

function nano(usd: string): bigint {
  const [whole, fraction = ''] = usd.split('.');
  return BigInt(whole!) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}
const usd = (amount: bigint): string => `${amount / 1_000_000_000n}.${String(amount % 1_000_000_000n).padStart(9, '0')}`;
const spend = (token: string, path?: string, body: unknown = BODY): Promise<Answer> => callGateway({ gatewayUrl: standalone.gatewayUrl, token, body, ...(path ? { path } : {}) });

/** An org with credits, and somebody of a group there with a token that acts in the group. A starter pays a markup of 10 %. */
async function orgWith(name: string, credits: bigint): Promise<{ world: World; token: string; tokenId: string; group: string; userId: string }> {
  const world = await newWorld(standalone, name, { platformKeysGranted: true, tier: 'starter' });
  const person = await world.person('ann');
  const group = await world.group('research', [person]);
  const made = await world.owner.post('/api/tokens', { name: 'in the group', user: person.id, group });
  if (credits > 0n) await grantCredits(await standalone.operator(), world.orgId, usd(credits));
  return { world, token: made['token'] as string, tokenId: made['id'] as string, group, userId: person.id };
}

const answersOf = (token: string) => Promise.all(Array.from({ length: CALLS }, () => spend(token)));
const statuses = (answers: readonly Answer[]) => Object.fromEntries([...Map.groupBy(answers, (answer) => `${answer.status} ${answer.body['error']?.code ?? 'ok'}`)].map(([name, some]) => [name, some.length]));
const settled = (world: World) => eventually(() => creditsOf(world.owner, world.orgId), (credits) => nano(credits['heldUsd'] as string) === 0n);
/** The least that the wallet ever was, from its postings in their order. */
async function leastBalance(orgId: string): Promise<string> {
  const sql = `SELECT min(balance)::text AS least FROM (SELECT sum(p.amount_nano_usd) OVER (ORDER BY j.booked_at, j.id, p.line) AS balance FROM billing.posting p JOIN billing.journal j ON j.id = p.journal_id
    WHERE p.org_id = $1 AND p.account = 'wallet') AS prefix`;
  return (await standalone.sql<{ least: string }>(sql, [orgId]))[0]!.least;
}

describe('500 parallel calls on platform credits with room for exactly 50', () => {
  let answers: Answer[];
  let org: Awaited<ReturnType<typeof orgWith>>;
  beforeAll(async () => {
    upstream.behave({ when: { model: 'gpt-4o' }, usage: DEAREST, delayMs: 100 });
    org = await orgWith('Fifty', each * BigInt(ROOM));
    answers = await answersOf(org.token);
  });

  it('G13 serves 50, refuses 450, and the balance is 0 and was never below', async () => {
    expect(statuses(answers)).toEqual({ '200 ok': ROOM, '402 credits_exhausted': CALLS - ROOM });
    expect(await settled(org.world)).toMatchObject({ balanceUsd: '0.00', heldUsd: '0.00', availableUsd: '0.00' });
    expect(await leastBalance(org.world.orgId)).toBe('0');
  });

  it('G20 refuses in the dialect of the caller, with the reason and what to do', async () => {
    const why = { reason: 'insufficient', limitSource: 'credits', scope: 'org', remainingUsd: '0.00', resetsAt: null, remedyHint: expect.stringContaining('key of your own') as string };
    const messages = [{ role: 'user', content: 'Hello' }];
    const openai = await spend(org.token);
    expect([openai.status, openai.body]).toEqual([402, { error: expect.objectContaining({ type: 'insufficient_quota', code: 'credits_exhausted', ...why }) as object }]);
    const anthropic = await spend(org.token, '/v1/messages', { model: 'gpt-4o', max_tokens: 50, messages });
    expect([anthropic.status, anthropic.body]).toEqual([402, expect.objectContaining({ type: 'error', error: expect.objectContaining({ type: 'billing_error', code: 'credits_exhausted', ...why }) as object })]);
    const gemini = await spend(org.token, '/v1beta/models/gpt-4o:generateContent', { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] });
    expect([gemini.status, gemini.body]).toEqual([402, { error: expect.objectContaining({ code: 402, status: 'RESOURCE_EXHAUSTED', ...why }) as object }]);
    expect(upstream.witness()).toEqual([]);
  });

  it('G20 leaves keys of one’s own alone: served without credits, without a hold, charged nothing', async () => {
    const before = await holdsOf(org.world.orgId);
    await org.world.key({ type: 'group', id: org.group }, 'openai', providerKeys.openai());
    const answer = await eventually(() => chat(standalone.gatewayUrl, org.token), ({ status }) => status === 200);
    expect([answer.status, answer.headers.get('x-byok-key-owner'), answer.headers.get('x-credits-held')]).toEqual([200, 'group', null]);
    const lines = await eventually(() => org.world.usage('owner'), (all) => all.some((line) => line.owner === 'group'));
    expect(lines.find((line) => line.owner === 'group')).toMatchObject({ chargedUsd: '0.00' });
    expect(await holdsOf(org.world.orgId)).toBe(before);
  });
});

const holdsOf = async (orgId: string): Promise<number> => (await standalone.sql<{ holds: number }>('SELECT count(*)::int AS holds FROM billing.hold WHERE org_id = $1', [orgId]))[0]!.holds;

it('G13 G19 serves exactly 50 of 500 inside four nested hard budgets, of which one has room for 50, and no budget is ever overspent', async () => {
  const org = await orgWith('Nested', each * BigInt(CALLS));
  const { world } = org;
  const budgets = [
    { name: 'org', scope: 'org', amountUsd: usd(each * 80n) },
    { name: 'group', scope: 'group', scopeId: org.group, amountUsd: usd(each * BigInt(ROOM)) },
    { name: 'user', scope: 'user', scopeId: org.userId, amountUsd: usd(each * 60n) },
    { name: 'token', scope: 'token', scopeId: org.tokenId, amountUsd: usd(each * 51n) },
  ];
  for (const budget of budgets) await world.owner.post('/api/budgets', { period: 'month', hard: true, thresholds: [100], ...budget });
  const answers = await answersOf(org.token);
  expect(statuses(answers)).toEqual({ '200 ok': ROOM, '402 budget_exceeded': CALLS - ROOM });
  const refusal = answers.find(({ status }) => status === 402)!;
  expect(refusal.body['error']).toMatchObject({ limitSource: 'budget', scope: 'group', scopeId: org.group, remainingUsd: '0.00', resetsAt: expect.stringMatching(/^20\d\d-\d\d-01T00:00:00/) as string });
  await settled(world);
  const { items } = await world.owner.get('/api/budgets?limit=10');
  const spent = (items as { name: string; spentUsd: string; heldUsd: string }[]).map(({ name, spentUsd, heldUsd }) => [name, nano(spentUsd), nano(heldUsd)]);
  expect(spent.sort()).toEqual(['group', 'org', 'token', 'user'].map((name) => [name, each * BigInt(ROOM), 0n]));
  expect(nano((await settled(world))['balanceUsd'] as string)).toBe(each * BigInt(CALLS - ROOM));
});

it('G22 refuses with 422 a model whose price nobody told us, and does not send it', async () => {
  const { token } = await orgWith('Unknown', each);
  const answer = await chat(standalone.gatewayUrl, token, { model: 'openai/a-model-without-a-price' });
  expect([answer.status, answer.body['error']]).toEqual([422, expect.objectContaining({ code: 'price_unknown', reason: 'price_unknown', limitSource: 'credits' })]);
  expect(upstream.witness()).toEqual([]);
});

it('caps a call that names no limit, so that what was reserved is all that it can cost; a limit of the caller stands', async () => {
  const { token } = await orgWith('Capped', 1_000_000_000n);
  await chat(standalone.gatewayUrl, token, { model: 'gpt-4o' });
  await chat(standalone.gatewayUrl, token, { model: 'gpt-4o', stream: true });
  await chat(standalone.gatewayUrl, token, { model: 'gpt-4o', max_completion_tokens: 7 });
  const caps = upstream.witness().map(({ body }) => JSON.parse(body) as { max_tokens?: number; max_completion_tokens?: number });
  expect(caps.map((sent) => [sent.max_tokens, sent.max_completion_tokens].filter((limit) => limit !== undefined))).toEqual([[CAP], [CAP], [7]]);
});
