import { zstdCompressSync } from 'node:zlib';
import { USAGE_BATCH_MAX_BYTES } from '@byok/contracts';
import { createLog, EVERY_ORG, openDatabase, type Database } from '@byok/platform';
import { testDatabase, type TestDatabase } from '@byok/testing';
import { bundledPrices, importPrices } from '../prices/import-prices.js';
import { openPriceShelf } from '../prices/load-prices.js';
import { anEvent, NO_METERS } from '../spec/an-event.js';
import { type IngestDeps } from './ingest-batch.js';
import { processUsageBatch } from './usage-batch.processor.js';

const log = createLog('test', 'fatal');
let test: TestDatabase;
let db: Database;
let deps: IngestDeps;

beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('billing'), applicationName: 'test', log, poolSize: 20, scope: EVERY_ORG });
  await importPrices({ db, log }, await bundledPrices());
  deps = { db, log, prices: openPriceShelf() };
});
afterAll(async () => {
  await db.close();
  await test.close();
});

const linesOf = (events: readonly unknown[]) => events.map((event) => JSON.stringify(event)).join('\n');
const packed = (lines: string | Buffer) => zstdCompressSync(lines).toString('base64');
const takePacked = (events: string) => processUsageBatch(deps, { gatewayId: 'gw', encoding: 'zstd', events });
const take = (...events: unknown[]) => takePacked(packed(linesOf(events)));
const rowOf = async (eventId: string) => (await db.query<Record<string, unknown>>('SELECT * FROM billing.usage_event WHERE event_id = $1', [eventId]))[0]!;
const countOf = async (table: string) => Number((await db.query<{ count: string }>(`SELECT count(*) FROM billing.${table}`))[0]!.count);

describe('ingestBatch', () => {
  it('takes a batch as older gateways sent it, whose lines are not compressed', async () => {
    const [event, other] = [anEvent(), anEvent()];
    expect(await processUsageBatch(deps, { gatewayId: 'old', events: linesOf([event, { hello: 'old world' }, other]) })).toEqual({ added: 2, duplicates: 0, poisoned: 1 });
    expect(await take(event, other)).toEqual({ added: 0, duplicates: 2, poisoned: 0 });
    expect(await rowOf(event.eventId)).toMatchObject({ gateway_id: 'old' });
  });

  it('G01 keeps one row of an event that is delivered a hundred times, to parallel workers, in any order', async () => {
    const before = await countOf('usage_event');
    const events = Array.from({ length: 50 }, () => anEvent());
    const deliveries = Array.from({ length: 100 }, (_, index) => take(...(index % 2 ? events : [...events].reverse())));
    const results = await Promise.all(deliveries);
    expect(await countOf('usage_event')).toBe(before + 50);
    expect(results.reduce((sum, result) => sum + result.added, 0)).toBe(50);
  });

  it('G01 keeps one row of an event that stands in a batch twice', async () => {
    const event = anEvent();
    expect(await take(event, event)).toEqual({ added: 1, duplicates: 1, poisoned: 0 });
  });

  it('G02 keeps every attempt of a request', async () => {
    const first = anEvent({ outcome: 'error', meters: null, usageSource: 'none', errorCode: 'key_rejected', httpStatus: 401 });
    expect(await take(first, anEvent({ requestId: first.requestId, attempt: 2 }))).toMatchObject({ added: 2 });
  });

  it('G11 puts a poison event aside with its reason and takes the rest of the batch', async () => {
    const before = await countOf('poison_event');
    const bad = [anEvent({ meters: { ...NO_METERS, output: -1 } }), { hello: 'world' }, null, anEvent({ model: 'a\0b' }), anEvent({ startedAt: 0 }), anEvent({ eventId: 'x'.repeat(36) })];
    const good = anEvent();
    expect(await take(...bad, good)).toEqual({ added: 1, duplicates: 0, poisoned: 6 });
    await take(...bad, good);
    expect(await countOf('poison_event')).toBe(before + 6);
    const rows = await db.query<{ reason: string; payload: string }>('SELECT reason, payload FROM billing.poison_event');
    expect(rows.map((row) => row.reason)).toEqual(expect.arrayContaining(['not valid: meters.output', 'not valid: model', 'a time that cannot be', 'not valid: eventId']));
    expect(rows.map((row) => row.payload)).toContain('{"hello":"world"}');
    expect(await rowOf(good.eventId)).toMatchObject({ outcome: 'ok' });
  });

  it('G11 keeps a job that is no batch at all', async () => {
    expect(await processUsageBatch(deps, 'nonsense')).toEqual({ added: 0, duplicates: 0, poisoned: 1 });
    expect(await processUsageBatch(deps, undefined)).toEqual({ added: 0, duplicates: 0, poisoned: 1 });
  });

  it('G11 keeps a batch whole that cannot be unpacked: cut at any place, of another encoding, or with more in it than a batch may hold', async () => {
    const good = anEvent();
    const events = packed(linesOf([good]));
    for (let length = 0; length < events.length - 4; length += 7) expect(await takePacked(events.slice(0, length))).toMatchObject({ added: 0, duplicates: 0 });
    const before = await countOf('poison_event');
    for (const bad of ['%%%', packed(Buffer.alloc(USAGE_BATCH_MAX_BYTES + 1)), Buffer.from(linesOf([good])).toString('base64')]) expect(await takePacked(bad)).toEqual({ added: 0, duplicates: 0, poisoned: 1 });
    expect(await processUsageBatch(deps, { gatewayId: 'gw', encoding: 'rot13', events })).toEqual({ added: 0, duplicates: 0, poisoned: 1 });
    expect(await countOf('poison_event')).toBe(before + 4);
    const rows = await db.query<{ payload: string }>('SELECT payload FROM billing.poison_event WHERE payload LIKE $1', ['%rot13%']);
    expect(JSON.parse(rows[0]!.payload)).toMatchObject({ gatewayId: 'gw', events });
    expect(await takePacked(events)).toMatchObject({ added: 1 });
  });

  it('takes a batch that is as large as one may be', async () => {
    const event = anEvent();
    const line = linesOf([event]);
    expect(await takePacked(packed(line + ' '.repeat(USAGE_BATCH_MAX_BYTES - line.length)))).toMatchObject({ added: 1 });
  });

  it('keeps how much of input and output was images, and nothing where the provider did not tell', async () => {
    const [told, untold] = [anEvent({ meters: { ...NO_METERS, inputUncached: 300, output: 1300, imageIn: 258, imageOut: 1290 } }), anEvent()];
    expect(await take(told, untold, anEvent({ meters: { ...NO_METERS, imageIn: -1 } }))).toMatchObject({ added: 2, poisoned: 1 });
    expect(await rowOf(told.eventId)).toMatchObject({ input_uncached: '300', image_in: '258', output: '1300', image_out: '1290' });
    expect(await rowOf(untold.eventId)).toMatchObject({ image_in: null, image_out: null });
  });

  it('G05 puts meters beyond reason aside: they reach no report', async () => {
    expect(await take(anEvent({ meters: { ...NO_METERS, output: 1_000_000_001 } }))).toMatchObject({ added: 0, poisoned: 1 });
  });

  it('G06 takes what lies more than five minutes ahead for just begun, by the clock of PostgreSQL, and says so', async () => {
    const ahead = anEvent({ startedAt: Date.now() + 10 * 60_000 });
    const slightly = anEvent({ startedAt: Date.now() + 2 * 60_000 });
    const behind = anEvent({ startedAt: Date.now() - 10 * 60_000 });
    await take(ahead, slightly, behind);
    const clamped = await rowOf(ahead.eventId);
    expect(clamped['clock_clamped']).toBe(true);
    expect((clamped['started_at'] as Date).getTime()).toBeLessThanOrEqual((clamped['received_at'] as Date).getTime());
    expect((clamped['ended_at'] as Date).getTime() - (clamped['started_at'] as Date).getTime()).toBe(800);
    expect(await rowOf(slightly.eventId)).toMatchObject({ clock_clamped: false, started_at: new Date(slightly.startedAt) });
    expect(await rowOf(behind.eventId)).toMatchObject({ clock_clamped: false, started_at: new Date(behind.startedAt) });
  });

  it('G22 leaves the cost of a model without a price unknown, never 0', async () => {
    const events = [anEvent({ model: 'my-fine-model' }), anEvent({ provider: 'lmstudio' }), anEvent({ model: 'whisper-1' }), anEvent({ meters: { ...NO_METERS, inputUncached: 10, audioIn: 5 } })];
    await take(...events);
    for (const event of events) expect(await rowOf(event.eventId)).toMatchObject({ cost_nano_usd: null });
  });

  it('G04 keeps 0 where nothing was consumed, and where the provider counted 0', async () => {
    const refused = anEvent({ meters: null, usageSource: 'none', model: 'my-fine-model', keyOwner: 'platform' });
    const zero = anEvent({ meters: NO_METERS });
    await take(refused, zero);
    expect(await rowOf(refused.eventId)).toMatchObject({ cost_nano_usd: '0', charged_nano_usd: '0', input_uncached: null });
    expect(await rowOf(zero.eventId)).toMatchObject({ cost_nano_usd: '0', input_uncached: '0' });
  });

  it('pins the price and the cost, and charges nothing for own keys, nor more for a platform key than its org has', async () => {
    const own = anEvent({ meters: { ...NO_METERS, inputUncached: 500_000, cacheRead: 500_000 } });
    const platform = anEvent({ keyOwner: 'platform', provider: 'openrouter', model: 'openai/gpt-4o' });
    await take(own, platform);
    expect(await rowOf(own.eventId)).toMatchObject({ cost_nano_usd: '1875000000', charged_nano_usd: '0', price_id: expect.stringMatching(/^prc_/) as string });
    expect(await rowOf(platform.eventId)).toMatchObject({ cost_nano_usd: '3500000', charged_nano_usd: '0' });
  });

  it('G22 prices by the version in force when the call began', async () => {
    const [before, after] = ['2025-06-09T23:59:59Z', '2025-06-10T00:00:00Z'].map((at) => anEvent({ model: 'o3', startedAt: Date.parse(at), meters: { ...NO_METERS, inputUncached: 1_000_000 } }));
    await take(before, after);
    expect((await rowOf(before!.eventId))['cost_nano_usd']).toBe('10000000000');
    expect((await rowOf(after!.eventId))['cost_nano_usd']).toBe('2000000000');
  });

  it.each(['UPDATE billing.usage_event SET cost_nano_usd = 0', 'DELETE FROM billing.usage_event', 'TRUNCATE billing.usage_event', 'DELETE FROM billing.price CASCADE', 'UPDATE billing.price SET input_pico = 0', 'DELETE FROM billing.poison_event'])(
    'G25 refuses to the service: %s',
    async (sql) => {
      await expect(db.query(sql)).rejects.toThrow();
    },
  );

  it('G25 refuses a change of a usage row even to the owner of the table', async () => {
    const owner = await openDatabase({ url: test.ownerUrl, applicationName: 'test', log });
    await expect(owner.query('UPDATE billing.usage_event SET cost_nano_usd = 0')).rejects.toThrow('cannot be changed or removed');
    await expect(owner.query('DELETE FROM billing.usage_event')).rejects.toThrow('cannot be changed or removed');
    await expect(owner.query('TRUNCATE billing.usage_event CASCADE')).rejects.toThrow('cannot be changed or removed');
    await owner.close();
  });

  it.each(['gateway', 'vault', 'admin'] as const)('is closed to the role of the %s', async (role) => {
    const other = await openDatabase({ url: test.url(role), applicationName: 'test', log, scope: EVERY_ORG });
    await expect(other.query('SELECT 1 FROM billing.usage_event')).rejects.toThrow('permission denied');
    await other.close();
  });
});
