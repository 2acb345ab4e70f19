import { USAGE_DIMENSIONS } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import { systemClock, withinScope } from '@byok/platform';
import { listAlerts } from '../alerts/read-alerts.js';
import { listBudgets } from '../budgets/read-budgets.js';
import { listJournal } from '../credits/list-journal.js';
import { ingestBatch } from '../ingest/ingest-batch.js';
import { listInvoices } from '../invoices/list-invoices.js';
import { listPrices } from '../prices/list-prices.js';
import { anEvent } from '../spec/an-event.js';
import { billingOfSuite } from '../spec/billing-world.js';
import { getReport } from './get-report.js';
import { getUsage } from './get-usage.js';

const world = billingOfSuite();
const [MINE, THEIRS] = ['org_mine', 'org_theirs'];
const PERIOD = { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };
const INJECTIONS = [
  ...[`'`, `' OR '1'='1`, `' OR 1=1 --`, `1; DROP TABLE billing.usage_event; --`, `') UNION SELECT org_id FROM billing.usage_event --`, `'; SELECT pg_sleep(5); --`],
  ...[`" OR ""="`, `\\' OR 1=1 --`, `1) OR (1=1`, `$1`, `'||(SELECT org_id FROM billing.charge LIMIT 1)||'`, `x; UPDATE billing.budget SET amount_nano_usd = 0 --`],
];

beforeAll(async () => {
  const at = Date.parse(PERIOD.from) + 3_600_000;
  const events = [MINE, THEIRS].flatMap((orgId) => ['usr_1', 'usr_2'].map((userId) => anEvent({ orgId, userId: `${userId}_${orgId}`, tags: { project: orgId }, startedAt: at, endedAt: at + 1_000 })));
  await ingestBatch(world, 'gw_1', events);
});

const usage = (orgId: string, more: object = {}) => getUsage(world, { orgId, ...PERIOD, groupBy: ['org', 'user', 'model', 'tag:project'], filters: {}, after: '', limit: 0, ...more });
const QUESTIONS: Readonly<Record<string, object>> = { providers: { by: 'model' }, forecast: { of: 'cost' }, statement: {}, savings: { baseline: 'openai/gpt-4o' } };
const reportOf = (report: string, filters: object = {}) => getReport({ db: world.db, prices: world.prices, clock: systemClock }, { report, orgId: MINE, ...PERIOD, filters, question: JSON.stringify(QUESTIONS[report]) });
const FILTERS = [...USAGE_DIMENSIONS, 'tag:project'];

type Ask = (text: string) => Promise<object>;
const page = (text: string) => ({ orgId: MINE, after: text, limit: 50 });
const ASKS: readonly (readonly [string, Ask])[] = [
  ...FILTERS.map((name) => [`usage by ${name}`, (text: string) => usage(MINE, { filters: { [name]: text } })] as const),
  ...Object.keys(QUESTIONS).flatMap((report) => FILTERS.map((name) => [`${report} by ${name}`, (text: string) => reportOf(report, { [name]: text })] as const)),
  ['usage grouped by', (text) => usage(MINE, { groupBy: [text] })],
  ['usage after', (text) => usage(MINE, { after: Buffer.from(JSON.stringify([text, text, text, text])).toString('base64url') })],
  ['usage of an org', (text) => usage(text)],
  ['prices of a provider', (text) => listPrices(world, { orgId: MINE, provider: text, model: '', at: '', after: '', limit: 50 })],
  ['prices of a model', (text) => listPrices(world, { orgId: MINE, provider: '', model: text, at: '', after: '', limit: 50 })],
  ['invoices', (text) => listInvoices(world, page(text))],
  ['journal', (text) => listJournal(world, page(text))],
  ['alerts', (text) => listAlerts(world, page(text))],
  ['budgets', (text) => listBudgets({ db: world.db, clock: systemClock }, { ...page(text), subjects: [text], isEverything: false })],
];

it('C09 takes SQL in any filter, group, cursor or name for the text it is', async () => {
  const wrong: unknown[] = [];
  for (const [name, ask] of ASKS) {
    for (const text of INJECTIONS) {
      const answer: unknown = await ask(text).catch((error: unknown) => error);
      const isRefusal = answer instanceof AppError && answer.rule.http < 500;
      if ((answer instanceof Error && !isRefusal) || JSON.stringify(answer).includes(THEIRS)) wrong.push([name, text, String(answer)]);
    }
  }
  expect(wrong).toEqual([]);
  expect(await world.db.query('SELECT org_id, count(*)::int AS events FROM billing.usage_event GROUP BY 1 ORDER BY 1')).toEqual([{ org_id: MINE, events: 2 }, { org_id: THEIRS, events: 2 }]);
}, 300_000);

it('A11 says the same in the scope of its org as outside of it, and nothing in that of another', async () => {
  const all = await usage(MINE);
  expect(all.items).toHaveLength(2);
  expect(await withinScope(MINE, () => usage(MINE))).toEqual(all);
  expect((await withinScope(THEIRS, () => usage(MINE))).items).toEqual([]);
  expect((await withinScope(MINE, () => usage(''))).items).toEqual(all.items);
  for (const report of Object.keys(QUESTIONS)) expect(await withinScope(MINE, () => reportOf(report))).toEqual(await reportOf(report));
});
