import { SOUND_BOOKS, type TakeHoldMessage, type UsageEvent } from '@byok/contracts';
import { newId, parseUsd } from '@byok/kernel';
import type { TierName } from '@byok/ledger';
import { createLog, EVERY_ORG, openDatabase, type Database } from '@byok/platform';
import { testDatabase } from '@byok/testing';
import { openTakeHold } from '../charge/take-hold.js';
import { grantCredits } from '../credits/grant-credits.js';
import { ingestBatch, type IngestResult } from '../ingest/ingest-batch.js';
import { bundledPrices, importPrices } from '../prices/import-prices.js';
import { openPriceShelf, type PriceShelf } from '../prices/load-prices.js';
import { findWallet } from '../store/accounts.store.js';
import { insertBudget, type Budget } from '../store/budgets.store.js';
import { anEvent, NO_METERS } from './an-event.js';

export interface BillingWorld {
  db: Database;
  /** As the owner of the tables. */
  owner: Database;
  log: ReturnType<typeof createLog>;
  prices: PriceShelf;
  takeHold: ReturnType<typeof openTakeHold>;
  ingest(...events: UsageEvent[]): Promise<IngestResult>;
  anOrg(facts?: { tier?: TierName; creditsUsd?: string }): Promise<string>;
  aBudget(orgId: string, facts?: Partial<Budget> & { amountUsd?: string }): Promise<string>;
  /** In whole and decimal US dollars of the wallet: what is there, what is reserved. */
  wallet(orgId: string): Promise<{ posted: number; held: number }>;
  /** Every sum that must hold at any time, over the whole database. */
  assertBooksBalance(): Promise<void>;
  close(): Promise<void>;
}

/** For specs: usage-billing's database with real prices, and what orgs need to spend credits. */
export async function billingWorld(options: { leaseMs?: number } = {}): Promise<BillingWorld> {
  const test = await testDatabase();
  const log = createLog('test', 'fatal');
  const db = await openDatabase({ url: test.url('billing'), applicationName: 'test', log, poolSize: 20, scope: EVERY_ORG });
  const owner = await openDatabase({ url: test.ownerUrl, applicationName: 'test-owner', log });
  await importPrices({ db, log }, await bundledPrices());
  const prices = openPriceShelf();
  return {
    ...{ db, owner, log, prices },
    takeHold: openTakeHold({ db, prices, leaseMs: options.leaseMs ?? 120_000, defaultMaxOutput: 4096 }),
    ingest: (...events) => ingestBatch({ db, log, prices }, 'gw', events),
    anOrg: async ({ tier = 'enterprise', creditsUsd } = {}) => {
      const id = newId('org');
      await owner.query('INSERT INTO identity.org (id, name, tier) VALUES ($1, $1, $2)', [id, tier]);
      if (creditsUsd) await grantCredits({ db }, { orgId: id, amountUsd: creditsUsd, kind: 'paid', idempotencyKey: 'first', createdBy: 'usr_operator' });
      return id;
    },
    aBudget: async (orgId, { amountUsd = '1.00', ...facts } = {}) => {
      const id = newId('budget');
      const usual = { name: 'a budget', scope: 'org', scopeId: orgId, period: 'month', timeZone: 'UTC', isHard: true, isShadow: false, includesOwnKeys: false, thresholds: [], status: 'active', createdBy: 'usr_1' } as const;
      await insertBudget(db, { ...usual, id, orgId, amountNanoUsd: parseUsd(amountUsd), ...facts, thresholds: [] });
      return id;
    },
    wallet: async (orgId) => {
      const wallet = await findWallet(db, orgId);
      const usd = (amount: bigint | undefined) => Number(amount ?? 0n) / 1e9;
      return { posted: usd(wallet?.postedNanoUsd), held: usd(wallet?.heldNanoUsd) };
    },
    assertBooksBalance: () => assertBooksBalance(db),
    close: async () => {
      await Promise.all([db.close(), owner.close()]);
      await test.close();
    },
  };
}

/** A world on a database of its own, for the suite that calls this; filled before its first test, gone after its last. */
export function billingOfSuite(): BillingWorld {
  const world = {} as BillingWorld;
  beforeAll(async () => void Object.assign(world, await billingWorld()));
  afterAll(() => world.close());
  return world;
}

/** Name and SQL of rows that would break it. */
const ALWAYS: readonly (readonly [string, string])[] = [
  ...SOUND_BOOKS,
  ['no wallet is below its floor', 'SELECT org_id FROM billing.account WHERE posted_nano_usd - held_nano_usd < floor_nano_usd'],
  [
    'every charge was paid by its lots',
    `SELECT c.event_id FROM billing.charge c LEFT JOIN billing.lot_use u ON u.event_id = c.event_id AND u.journal_id = c.journal_id
     GROUP BY c.event_id HAVING COALESCE(sum(u.amount_nano_usd), 0) <> c.base_nano_usd + c.markup_nano_usd - c.overrun_nano_usd`,
  ],
];

async function assertBooksBalance(db: Database): Promise<void> {
  for (const [name, sql] of ALWAYS) {
    const rows = await db.query(sql);
    if (rows.length > 0) throw new Error(`It does not hold that ${name}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
}

/** For specs: an attempt on platform credits with gpt-4o ($2.50 in, $10 out), at most $0.10 at tier enterprise: 10,000 tokens out. */
export function aHold(orgId: string, facts: Partial<TakeHoldMessage> = {}): TakeHoldMessage {
  return {
    ...{ eventId: newId('event'), requestId: newId('request'), orgId, groupId: 'grp_1', userId: 'usr_1', tokenId: 'tok_1', keyId: 'key_1', keyOwner: 'platform' },
    ...{ provider: 'openai', model: 'gpt-4o', endpoint: 'chat', inputTokens: 0, maxOutputTokens: 10_000, choices: 1, tags: {}, writesNoCache: true, hasNoAudio: true },
    ...facts,
  };
}

/** For specs: what that attempt consumed, in output tokens: 1,000 are a cent. */
export function theEvent(hold: TakeHoldMessage, outputTokens: number | null, facts: Partial<UsageEvent> = {}): UsageEvent {
  const { eventId, requestId, orgId, groupId, userId, tokenId, keyId, keyOwner, provider, model, tags } = hold;
  const meters = outputTokens === null ? null : { ...NO_METERS, output: outputTokens };
  return anEvent({ ...{ eventId, requestId, orgId, groupId, userId, tokenId, keyId, provider, model, tags, meters }, keyOwner: keyOwner as 'platform', keyOwnerId: keyOwner === 'platform' ? 'platform' : 'grp_1', ...facts });
}
