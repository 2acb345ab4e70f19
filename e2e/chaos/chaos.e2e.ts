import { randomInt } from 'node:crypto';
import type { Standalone } from '../support/start-standalone.js';
import type { Check } from './check.js';
import { runChaos, type ChaosReport } from './run-chaos.js';

const SECONDS = 14;

let report: ChaosReport;
let planted: Check[];

beforeAll(async () => {
  const seed = randomInt(2 ** 31);
  report = await runChaos({ seed, seconds: SECONDS, killEveryMs: 2_500, say: () => undefined, afterwards: plant });
});

/** What no code of ours does: money from nowhere, a usage event twice, a hold that nobody closes. */
async function plant(standalone: Standalone, checkAgain: () => Promise<Check[]>): Promise<void> {
  await standalone.sql('ALTER TABLE billing.posting DISABLE TRIGGER ALL');
  await standalone.sql('ALTER TABLE billing.posting DROP CONSTRAINT posting_pkey');
  await standalone.sql(`INSERT INTO billing.posting SELECT * FROM billing.posting WHERE account = 'wallet' AND amount_nano_usd < 0 LIMIT 1`);
  const columns = await standalone.sql<{ name: string }>(`SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'billing' AND table_name = 'usage_event' AND column_name NOT IN ('event_id', 'charged_nano_usd')`);
  const names = columns.map(({ name }) => name).join(', ');
  await standalone.sql(`INSERT INTO billing.usage_event (event_id, charged_nano_usd, ${names}) SELECT 'evt_' || md5(event_id), 1000000000, ${names} FROM billing.usage_event WHERE key_owner = 'platform' AND outcome = 'ok' AND NOT estimated AND group_id IS NOT NULL LIMIT 1`);
  await standalone.sql(`INSERT INTO billing.hold (id, org_id, request_id, key_id, key_owner, provider, model, amount_nano_usd, price_id, tier, markup_bps, max_output, expires_at)
    SELECT 'evt_' || md5(id), org_id, request_id, key_id, key_owner, provider, model, 1, price_id, tier, markup_bps, max_output, now() - interval '1 minute' FROM billing.hold LIMIT 1`);
  planted = await checkAgain();
}

const broken = (checks: readonly Check[]) => checks.filter(({ problems }) => problems.length > 0);

describe('G01 G03 G14 H02 gateway, billing and PostgreSQL killed at random under load, events delivered again, clients and providers that cut', () => {
  it('leaves every book right: ledger and witness agree, postings sum to zero, nothing is overspent at any moment, nothing is left over', () => {
    expect({ seed: report.seed, broken: broken(report.checks) }).toEqual({ seed: report.seed, broken: [] });
  });

  it('really was chaos: calls of every ending, several processes killed, events repeated', () => {
    const endings = new Set(report.calls.map((call) => call.ending));
    expect(['ok', 'refused', 'failed', 'cut', 'left'].filter((ending) => !endings.has(ending as 'ok'))).toEqual([]);
    expect(Object.values(report.faults.kills).reduce((sum, kills) => sum + kills, 0)).toBeGreaterThanOrEqual(2);
    expect(report.faults.duplicates).toBeGreaterThan(100);
    expect(report.holds['settled']).toBeGreaterThan(5);
  });

  it('G17 sees when counters, wallets and ledger drift apart: a posting twice, an event twice, an orphaned hold', () => {
    expect(broken(planted).map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'no event claims usage of a request that the provider never saw',
        'every call that was told agrees with the provider’s own log to the token',
        'so do the sums by org, key and model',
        'every journal sums to zero',
        'every wallet is the sum of its postings',
        'no open hold is older than its lease',
        'every charge is what its event says, and its journal what its charges are',
        'no hard budget was overspent after any event',
        'every budget counted what its events cost',
      ]),
    );
  });
});
