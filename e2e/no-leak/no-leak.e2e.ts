import { countInMemory } from '@byok/testing';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HELLO } from '../support/gateway-client.js';
import { pidOf } from '../support/processes.js';
import { providerKeys } from '../support/provider-keys.js';
import { rawPost } from '../support/raw-post.js';
import { scan, scanFolder, type Finding } from '../support/scan.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorld } from '../support/world.js';

const canaries: string[] = [];
const canary = (key: string): string => (canaries.push(key), key);

const { upstream, standalone } = standaloneOfSuite(() => ({ environment: { LOG_LEVEL: 'debug' } }));
/** Every body that any HTTP interface of ours answered with, and the headers. */
const answered: string[] = [];
const tokens: string[] = [];

beforeAll(() => liveThroughADay());

/** Keys are brought, tested, used, rotated, refused and quoted back by providers, in bodies, headers and streams. */
async function liveThroughADay(): Promise<void> {
  const world = await newWorld(standalone, 'Canary');
  const ann = await world.person('ann');
  tokens.push(ann.token);
  const group = { type: 'group' as const, id: await world.group('research', [ann]) };
  const good = canary(providerKeys.openai());
  const refused = canary(providerKeys.refusedOpenai());
  const special = canary(`nb+/=&%"${randomBytes(24).toString('base64')}`);
  await world.key(group, 'openai', good, { skipTest: false });
  const stored = await world.key({ type: 'org' }, 'openai', refused);
  await world.owner.call('POST', '/api/keys', { owner: group, provider: 'nebius', apiKey: special, skipTest: true });
  // Refused while being brought: by its form, by its provider, by broken JSON around it.
  await world.owner.call('POST', '/api/keys', { owner: group, provider: 'openai', apiKey: canary(providerKeys.anthropic()) });
  await world.owner.call('POST', '/api/keys', { owner: group, provider: 'openai', apiKey: canary(providerKeys.refusedOpenai()) });
  await world.owner.call('POST', '/api/keys', { owner: group, provider: 'openai', apiKey: canary(providerKeys.openai()), unknownField: 1 });
  await world.owner.call('POST', '/api/keys', { owner: group, provider: 'openai', apiKey: `${canary(providerKeys.openai())}\r\nX-Evil: 1` });
  await world.owner.call('POST', `/api/keys/${stored['id']}/test`);
  for (const path of ['/api/keys', `/api/keys/${stored['id']}`, '/api/byok/keys', '/api/tokens', `/api/orgs/${world.orgId}/audit`]) await world.owner.get(path);

  for (const path of [`/api/orgs/${world.orgId}/audit/export`, `/api/orgs/${world.orgId}/audit/export?format=csv`, '/api/usage/export.csv?groupBy=key', '/api/openapi.json']) await world.owner.call('GET', path);

  await call(ann.token, {});
  await call(ann.token, { stream: true });
  await call(ann.token, { model: 'nebius/some-model' });
  const echo = (key: string) => JSON.stringify({ error: { message: `Bad key ${key} in header "Bearer ${key}"`, type: key, code: key, param: encodeURIComponent(key) } });
  for (const status of [400, 401, 403, 429, 500]) {
    upstream.behave({ when: { key: good }, times: 1, status, body: echo(good), headers: { 'x-echo': good, 'x-request-id': good } });
    await call(ann.token, { stream: status === 500 });
  }
  upstream.behave({ when: { key: good }, times: 1, status: 502, body: `this is not JSON: ${good}` });
  await call(ann.token, {});
  upstream.behave({ when: { key: good }, times: 1, textTokens: 40, cutAfterEvents: 8 });
  await call(ann.token, { stream: true });
  await world.owner.call('POST', `/api/keys/${stored['id']}/rotate`, { apiKey: canary(providerKeys.openai()), skipTest: true });
  await call(ann.token, {});
  await world.owner.call('DELETE', `/api/keys/${stored['id']}`);
  await world.usage('user', 3);
  answered.push(...standalone.answers);
}

async function call(token: string, fields: object): Promise<void> {
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: HELLO, ...fields });
  const answer = await rawPost(`${standalone.gatewayUrl}/v1/chat/completions`, { authorization: `Bearer ${token}` }, body);
  answered.push(answer.text, JSON.stringify(answer.headers));
}

/** Every row of every table as text: what compression could hide in the data files cannot hide here. */
async function dumpTables(): Promise<string> {
  const tables = await standalone.sql<{ name: string }>(`SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`);
  const dumps: string[] = [];
  for (const { name } of tables) {
    const rows = await standalone.sql<{ row: string }>(`SELECT row_to_json(t)::text AS row FROM ${name} t`);
    dumps.push(`${name}\n${rows.map(({ row }) => row).join('\n')}`);
  }
  return dumps.join('\n');
}

/** Everywhere a key could have come to rest or out. */
async function scanEverything(keys: readonly string[]): Promise<Finding[]> {
  await standalone.sql('CHECKPOINT');
  return [
    ...scan('tables', await dumpTables(), keys),
    ...answered.flatMap((answer) => scan('HTTP answers', answer, keys)),
    ...scan('printed', standalone.output(), keys),
    // PostgreSQL's files, the spool, every service's log, certificates, secrets: all of it.
    ...(await scanFolder(standalone.dataDirectory, keys)),
  ];
}

describe('canary keys that were stored, used, refused and quoted back', () => {
  it('were really used', () => {
    expect(new Set(upstream.witness().map((row) => row.key)).size).toBeGreaterThanOrEqual(4);
    expect(answered.length).toBeGreaterThan(25);
  });

  it('D04 D05 D11 are nowhere, at the most talkative log level: exports, data files, tables, queue, audit, spool, logs, answers; plain, base64, hex or URL-encoded', async () => {
    expect(await scanEverything(canaries)).toEqual([]);
  });

  (process.platform === 'linux' ? it : it.skip)('D06 the memory of usage-billing never held one; that of the gateway does, which shows that the scan finds them', async () => {
    const ends = canaries.map((key) => Buffer.from(key.slice(-24)));
    const copiesIn = async (service: string): Promise<number> => countInMemory((await pidOf(standalone, service))!, ends).reduce((sum, count) => sum + count, 0);
    expect(await copiesIn('usage-billing')).toBe(0);
    expect(await copiesIn('gateway')).toBeGreaterThan(0);
  });

  it("nor is a caller's token at rest", async () => {
    expect((await scanEverything(tokens)).filter(({ where }) => where !== 'HTTP answers')).toEqual([]);
  });
});

describe('the same search, as a positive control,', () => {
  const planted = `sk-proj-planted+/${randomBytes(24).toString('hex')}end`;

  it.each([
    ['plain', planted],
    ['base64', Buffer.from(`{"x":"${planted}"}`).toString('base64')],
    ['hex', Buffer.from(planted).toString('hex')],
    ['URL-encoded', encodeURIComponent(planted)],
  ])('finds a planted key written as %s in a table, a log, the spool and an answer', async (form, written) => {
    const log = join(standalone.dataDirectory, 'logs', 'planted.log');
    const spool = join(standalone.dataDirectory, 'spool', 'planted', 'deep');
    await standalone.sql('CREATE TABLE public.planted (leak text)');
    await standalone.sql('INSERT INTO public.planted VALUES ($1)', [written]);
    await appendFile(log, `{"level":30,"msg":"${written}"}\n`);
    await mkdir(spool, { recursive: true });
    await writeFile(join(spool, 'segment'), written);
    answered.push(written);

    const found = (await scanEverything([planted])).filter((finding) => finding.form === form).map(({ where }) => where);
    expect(found).toEqual(expect.arrayContaining(['tables', 'HTTP answers', log, join(spool, 'segment')]));
    expect(found.some((where) => where.includes('/postgres/'))).toBe(true);

    answered.pop();
    await standalone.sql('DROP TABLE public.planted');
    await Promise.all([rm(log), rm(join(standalone.dataDirectory, 'spool', 'planted'), { recursive: true })]);
  });
});
