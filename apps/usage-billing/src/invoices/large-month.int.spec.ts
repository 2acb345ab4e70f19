import { billingWorld } from '../spec/billing-world.js';
import { aCall, bookIn } from '../spec/traffic.js';
import { finaliseInvoice } from './finalise-invoice.js';
import { getInvoice } from './get-invoice.js';

const CALLS = 100_000;

describe('a month of many calls', () => {
  it('is drafted and closed in seconds', async () => {
    const world = await billingWorld();
    const orgId = await world.anOrg({ creditsUsd: '5.00' });
    const call = aCall(orgId, '2026-09-03T00:00:00Z', 1_000);
    await world.ingest(call);
    await multiply(world, call.eventId);
    await bookIn(world, '2026-09');
    const began = performance.now();
    await getInvoice(world, { orgId, orgName: 'Acme', month: '2026-09', format: 'pdf' });
    const drafted = performance.now() - began;
    await finaliseInvoice(world, { orgId, orgName: 'Acme', month: '2026-09', actor: 'usr_operator' });
    process.stderr.write(`${CALLS} calls: drafted in ${Math.round(drafted)} ms, closed in ${Math.round(performance.now() - began - drafted)} ms\n`);
    expect(performance.now() - began).toBeLessThan(30_000);
    await world.close();
  });
});

/** The same event and charge many times over, as rows. */
async function multiply(world: Awaited<ReturnType<typeof billingWorld>>, eventId: string): Promise<void> {
  const columnsOf = async (table: string) => (await world.owner.query<{ name: string }>(`SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`, [table])).map(({ name }) => name).filter((name) => name !== 'event_id').join(', ');
  for (const table of ['billing.usage_event', 'billing.charge']) {
    const columns = await columnsOf(table);
    await world.owner.transaction(async (tx) => {
      await tx.query('SET LOCAL statement_timeout = 0');
      await tx.query(`INSERT INTO ${table} (event_id, ${columns}) SELECT 'evt_' || md5(n::text), ${columns} FROM ${table}, generate_series(2, ${CALLS}) AS n WHERE event_id = $1`, [eventId]);
    });
  }
  await world.owner.query('ALTER TABLE billing.posting DISABLE TRIGGER posting_is_append_only');
  await world.owner.query(`UPDATE billing.posting SET amount_nano_usd = amount_nano_usd * ${CALLS} WHERE journal_id IN (SELECT id FROM billing.journal WHERE kind = 'usage')`);
}
