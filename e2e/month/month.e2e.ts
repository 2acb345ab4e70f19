import { parseUsd } from '@byok/kernel';
import { createHash } from 'node:crypto';
import type { AdminClient, Json } from '../support/admin-client.js';
import { grantCredits } from '../support/credits.js';
import { providerKeys } from '../support/provider-keys.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { textOfPdf } from '../support/text-of-pdf.js';
import { newWorld, type World } from '../support/world.js';
import { generateTraffic, type Spender } from './generate-traffic.js';

/** The last one that is over and has thirty days. */
const MONTH = lastLongMonth(new Date());
const [FROM, TO] = [`${MONTH}-01T00:00:00Z`, firstOfNext(MONTH)];

const { standalone } = standaloneOfSuite();
let operator: AdminClient;
let orgs: { world: World; groups: string[] }[];

beforeAll(async () => {
  operator = await standalone.operator();
  const platformKey = (await operator.post('/api/keys', { owner: { type: 'platform' }, provider: 'openai', apiKey: providerKeys.openai(), skipTest: true }))['id'] as string;
  orgs = [
    { world: await newWorld(standalone, 'Acme', { tier: 'professional', platformKeysGranted: true }), groups: [] },
    { world: await newWorld(standalone, 'Beta', { tier: 'trial', platformKeysGranted: true }), groups: [] },
  ];
  const spenders: Spender[] = [];
  for (const [index, names] of [['research', 'support'], ['sales']].entries()) {
    const { world, groups } = orgs[index]!;
    await grantCredits(operator, world.orgId, '25.00');
    for (const name of names) {
      const person = await world.person(name);
      const groupId = await world.group(name, [person]);
      groups.push(groupId);
      const ownKey = (await world.key({ type: 'group', id: groupId }, 'openai', providerKeys.openai()))['id'] as string;
      spenders.push({ orgId: world.orgId, groupId, userId: person.id, platformKey, ownKey });
    }
  }
  await generateTraffic(standalone, MONTH, spenders);
  for (const { world } of orgs) await operator.post(`/api/orgs/${world.orgId}/invoices/${MONTH}/finalise`);
});

function lastLongMonth(now: Date): string {
  const lastDay = (back: number): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 0));
  return (lastDay(0).getUTCDate() >= 30 ? lastDay(0) : lastDay(1)).toISOString().slice(0, 7);
}
function firstOfNext(month: string): string {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year!, number!, 1)).toISOString();
}

const invoiceOf = (world: World, format: string) => fetch(`${standalone.adminUrl}/api/orgs/${world.orgId}/invoices/${MONTH}.${format}`, { headers: { authorization: `Bearer ${world.owner.credential}` } });
const sum = (amounts: readonly string[]): bigint => amounts.reduce((total, each) => total + parseUsd(each), 0n);
const ledger = async (orgId: string, account: string) =>
  BigInt((await standalone.sql<{ sum: string }>(`SELECT COALESCE(sum(amount_nano_usd), 0)::text AS sum FROM billing.posting JOIN billing.journal ON journal.id = journal_id WHERE posting.org_id = $1 AND account = $2 AND journal.kind = 'usage'`, [orgId, account]))[0]!.sum);

describe.each([0, 1])('a closed month of thirty days, three groups and two orgs: org %i', (index) => {
  let world: World;
  let json: Json;
  beforeAll(async () => {
    world = orgs[index]!.world;
    json = (await (await invoiceOf(world, 'json')).json()) as Json;
  });

  it('G23 has one total: in the PDF, which opens, in the CSV, in the JSON and in the ledger', async () => {
    expect(json).toMatchObject({ status: 'final', number: expect.stringMatching(/^INV-00000[12]$/) as string });
    const charged = -(await ledger(world.orgId, 'wallet'));
    expect(charged).toBeGreaterThan(parseUsd('0.10'));
    expect(parseUsd(json['chargesUsd'] as string)).toBe(charged);
    expect((await ledger(world.orgId, 'usage_passthrough')) + (await ledger(world.orgId, 'markup_revenue'))).toBe(charged);

    const csv = await (await invoiceOf(world, 'csv')).text();
    const rows = csv.trim().split('\r\n').map((row) => row.split(','));
    expect(rows.find((row) => row[4] === 'total')!.slice(-2)).toEqual([json['chargesUsd'], json['totalUsd']]);
    expect(sum(rows.filter((row) => ['usage', 'adjustments', 'rounding'].includes(row[4]!)).map((row) => row.at(-1)!))).toBe(parseUsd(json['totalUsd'] as string));

    const answer = await invoiceOf(world, 'pdf');
    const pdf = Buffer.from(await answer.arrayBuffer());
    expect([answer.headers.get('content-type'), pdf.subarray(0, 5).toString(), pdf.subarray(-6).toString().trim()]).toEqual(['application/pdf', '%PDF-', '%%EOF']);
    const text = textOfPdf(pdf);
    expect([text.join(' ').includes(json['number'] as string), text[text.lastIndexOf('Total') + 1]]).toEqual([true, json['totalUsd']]);
  });

  it('was sent out with the checksums that are kept, byte for byte the same each time', async () => {
    const [head] = ((await world.owner.get(`/api/orgs/${world.orgId}/invoices`))['items'] as Json[]).filter((each) => each['month'] === MONTH);
    for (const format of ['json', 'csv', 'pdf']) {
      const [first, second] = await Promise.all([invoiceOf(world, format), invoiceOf(world, format)].map(async (answer) => Buffer.from(await (await answer).arrayBuffer())));
      expect([format, createHash('sha256').update(first!).digest('hex'), first!.equals(second!)]).toEqual([format, head!['sha256'][format], true]);
    }
  });

  it('says of every line of usage which calls it is made of', async () => {
    for (const line of (json['lines'] as Json[]).filter((each) => each['section'] === 'usage')) {
      const events: Json[] = [];
      for (let after: string | null = ''; after !== null; ) {
        const page: Json = await world.owner.get(`/api/orgs/${world.orgId}/invoices/${MONTH}/lines/${line['line']}/events?limit=100${after ? `&after=${encodeURIComponent(after)}` : ''}`);
        events.push(...(page['items'] as Json[]));
        after = page['next'] as string | null;
      }
      expect([line['label'], events.length, sum(events.map((event) => event['amountUsd'] as string))]).toEqual([line['label'], line['calls'], parseUsd(line['exactUsd'] as string)]);
    }
  });

  it('agrees with the usage report, by group and by day', async () => {
    for (const grouping of ['groupBy=group', 'groupBy=model&interval=day']) {
      const lines: Json[] = [];
      for (let after: string | null = ''; after !== null; ) {
        const page: Json = await world.owner.get(`/api/usage?from=${FROM}&to=${TO}&${grouping}&limit=1000${after ? `&after=${encodeURIComponent(after)}` : ''}`);
        lines.push(...(page['items'] as Json[]));
        after = page['next'] as string | null;
      }
      expect([grouping, sum(lines.map((line) => line['chargedUsd'] as string))]).toEqual([grouping, parseUsd(json['chargesUsd'] as string)]);
      if (grouping === 'groupBy=group') expect(lines.map((line) => line['group'] as string).sort()).toEqual([...orgs[index]!.groups].sort());
    }
  });
});

it('shows nobody the invoice of another org', async () => {
  const [acme, beta] = orgs.map(({ world }) => world);
  const answer = await acme!.owner.call('GET', `/api/orgs/${beta!.orgId}/invoices/${MONTH}.json`);
  expect(answer.status).toBe(404);
});
