import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { InvoiceLineEventMessage } from '@byok/contracts';
import { formatUsd, newId, parseUsd } from '@byok/kernel';
import { billingWorld, type BillingWorld } from '../spec/billing-world.js';
import { aCall, bookIn, thirtyDays } from '../spec/traffic.js';
import { createCreditNote } from '../corrections/create-credit-note.js';
import { finaliseInvoice } from './finalise-invoice.js';
import { getInvoice } from './get-invoice.js';
import { textOfPdf } from './invoice.builder.js';
import { listInvoices } from './list-invoices.js';
import { listLineEvents } from './list-line-events.js';
import type { InvoiceFormat } from './render-invoice.js';

interface WireLine {
  line: number;
  section: string;
  label: string;
  calls: number;
  baseUsd: string;
  markupUsd: string;
  markupPercent: string | null;
  exactUsd: string;
  amountUsd: string;
}
interface WireInvoice {
  status: string;
  number: string | null;
  openingBalanceUsd: string;
  creditsUsd: string;
  chargesUsd: string;
  closingBalanceUsd: string;
  totalUsd: string;
  lines: WireLine[];
}

let world: BillingWorld;
const groups = [newId('group'), newId('group'), newId('group')];

beforeEach(async () => {
  world = await billingWorld();
});
afterEach(async () => {
  await world.assertBooksBalance();
  await world.close();
});

const file = async (orgId: string, month: string, format: InvoiceFormat) => getInvoice(world, { orgId, orgName: 'Acme', month, format });
const invoice = async (orgId: string, month: string) => JSON.parse(Buffer.from((await file(orgId, month, 'json')).content).toString()) as WireInvoice;
const finalise = (orgId: string, month: string) => finaliseInvoice(world, { orgId, orgName: 'Acme', month, actor: 'usr_operator' });
const sumUsd = (amounts: readonly string[]) => amounts.reduce((sum, each) => sum + parseUsd(each), 0n);
const counters = async () => (await world.db.query<{ last: string }>('SELECT last FROM billing.document_counter ORDER BY series DESC')).map((row) => row.last);
const ledger = async (orgId: string, account: string) => BigInt((await world.db.query<{ sum: string }>('SELECT COALESCE(sum(amount_nano_usd), 0) AS sum FROM billing.posting WHERE org_id = $1 AND account = $2', [orgId, account]))[0]!.sum);

async function eventsOf(orgId: string, month: string, line: number): Promise<InvoiceLineEventMessage[]> {
  const all: InvoiceLineEventMessage[] = [];
  for (let after = ''; ; ) {
    const page = await listLineEvents(world, { orgId, month, line, after, limit: 37 });
    all.push(...page.items);
    if (!page.next) return all;
    after = page.next;
  }
}

describe('a month of two orgs with three groups and thirty days of traffic', () => {
  it('G23 closes with the same total in PDF, CSV, JSON and ledger, and explains every line down to its events', async () => {
    const orgs = [await world.anOrg({ tier: 'professional', creditsUsd: '500.00' }), await world.anOrg({ tier: 'trial', creditsUsd: '50.00' })];
    for (const orgId of orgs) await world.ingest(...thirtyDays(orgId, '2026-09', groups));
    await bookIn(world, '2026-09');
    const draft = await invoice(orgs[0]!, '2026-09');
    expect(draft).toMatchObject({ status: 'draft', number: null });

    const heads = await Promise.all(orgs.flatMap((orgId) => Array.from({ length: 4 }, () => finalise(orgId, '2026-09'))));
    expect([...new Set(heads.map((head) => head.number))].sort()).toEqual(['INV-000001', 'INV-000002']);
    for (const orgId of orgs) await check(orgId);
    expect({ ...(await invoice(orgs[0]!, '2026-09')), ...{ status: 0, number: 0, id: 0, finalisedAt: 0 } }).toEqual({ ...draft, ...{ status: 0, number: 0, id: 0, finalisedAt: 0 } });
    expect((await listInvoices(world, { orgId: orgs[1]!, after: '', limit: 10 })).items.map((head) => head.month)).toEqual(['2026-09']);

    async function check(orgId: string): Promise<void> {
      const json = await invoice(orgId, '2026-09');
      const charged = -(await ledger(orgId, 'wallet')) + parseUsd(json.creditsUsd);
      expect(parseUsd(json.chargesUsd)).toBe(charged);
      expect(charged).toBe((await ledger(orgId, 'usage_passthrough')) + (await ledger(orgId, 'markup_revenue')));
      expect(parseUsd(json.closingBalanceUsd)).toBe(await ledger(orgId, 'wallet'));
      expect(json.lines.filter((line) => line.section === 'usage').map((line) => line.label)).toEqual(['anthropic claude-sonnet-4-5', 'openai gpt-4o', 'openai gpt-4o-mini']);
      expect(json.lines.filter((line) => line.section === 'memo').map((line) => [line.calls, line.amountUsd])).toEqual([[30, '0.00'], [30, '0.00'], [30, '0.00']]);
      expect(sumUsd(json.lines.filter((line) => !['credits', 'memo'].includes(line.section)).map((line) => line.amountUsd))).toBe(parseUsd(json.totalUsd));

      const csv = await file(orgId, '2026-09', 'csv');
      const rows = Buffer.from(csv.content).toString().trim().split('\r\n').map((row) => row.split(','));
      expect(rows.find((row) => row[4] === 'total')!.slice(-2)).toEqual([json.chargesUsd, json.totalUsd]);
      expect(sumUsd(rows.filter((row) => ['usage', 'adjustments', 'rounding'].includes(row[4]!)).map((row) => row.at(-1)!))).toBe(parseUsd(json.totalUsd));

      const pdf = await file(orgId, '2026-09', 'pdf');
      const bytes = Buffer.from(pdf.content);
      expect([bytes.subarray(0, 5).toString(), bytes.subarray(-6).toString().trim(), Number(/\/Count (\d+)/.exec(bytes.toString('latin1'))![1]) > 0]).toEqual(['%PDF-', '%%EOF', true]);
      const text = textOfPdf(bytes);
      expect(text[text.lastIndexOf('Total') + 1]).toBe(json.totalUsd);
      expect(text).toContain(json.closingBalanceUsd);
      for (const { sha256, content } of [csv, pdf]) expect(sha256).toBe(createHash('sha256').update(content).digest('hex'));

      for (const line of json.lines.filter(({ section }) => section !== 'rounding')) {
        const events = await eventsOf(orgId, '2026-09', line.line);
        expect([line.label, sumUsd(events.map((event) => event.amountUsd))]).toEqual([line.label, parseUsd(line.exactUsd)]);
        expect([events.length, new Set(events.map((event) => event.id)).size]).toEqual([line.calls, line.calls]);
        if (line.section === 'usage') expect(sumUsd(events.map((event) => event.baseUsd))).toBe(parseUsd(line.baseUsd));
      }
    }
  });

  it('shows base, markup in percent and markup apart', async () => {
    const orgId = await world.anOrg({ tier: 'trial', creditsUsd: '5.00' });
    await world.ingest(aCall(orgId, '2026-09-03T00:00:00Z', 10_000));
    await bookIn(world, '2026-09');
    await finalise(orgId, '2026-09');
    expect((await invoice(orgId, '2026-09')).lines.find((line) => line.section === 'usage')).toMatchObject({ baseUsd: '0.10', markupPercent: '15.00', markupUsd: '0.015', exactUsd: '0.115', amountUsd: '0.12' });
  });
});

describe('closing a month', () => {
  it('G23 killed half way leaves nothing, and the number goes to the next who closes', async () => {
    const orgId = await world.anOrg({ creditsUsd: '5.00' });
    await world.ingest(aCall(orgId, '2026-09-03T00:00:00Z', 1_000));
    await bookIn(world, '2026-09');
    await world.owner.transaction(async (tx) => {
      await tx.query('LOCK TABLE billing.invoice_file IN ACCESS EXCLUSIVE MODE');
      const closing = finalise(orgId, '2026-09').catch((error: unknown) => error);
      const waiting = `FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INTO billing.invoice_file%' AND datname = current_database()`;
      while ((await world.db.query(`SELECT pid ${waiting}`)).length === 0) await pause(20);
      await world.db.query(`SELECT pg_terminate_backend(pid) ${waiting}`);
      expect(await closing).toBeInstanceOf(Error);
    });
    expect([await counters(), (await invoice(orgId, '2026-09')).status]).toEqual([['0', '0'], 'draft']);
    expect(await world.db.query('SELECT * FROM billing.invoice_journal')).toEqual([]);
    expect((await finalise(orgId, '2026-09')).number).toBe('INV-000001');
  });

  it('G23 puts what arrives late on the next invoice, as an adjustment, and never touches the one that is final', async () => {
    const orgId = await world.anOrg({ creditsUsd: '5.00' });
    await world.ingest(aCall(orgId, '2026-09-03T00:00:00Z', 1_000));
    await bookIn(world, '2026-09');
    const september = await finalise(orgId, '2026-09');
    await world.ingest(aCall(orgId, '2026-09-29T00:00:00Z', 2_000), aCall(orgId, '2026-10-02T00:00:00Z', 4_000));
    await bookIn(world, '2026-10');
    expect((await finalise(orgId, '2026-09')).sha256).toEqual(september.sha256);
    await finalise(orgId, '2026-10');
    const october = await invoice(orgId, '2026-10');
    expect(october.lines.map((line) => [line.section, line.exactUsd])).toEqual([['usage', '0.04'], ['adjustments', '0.02'], ['rounding', '0.00']]);
    expect(october).toMatchObject({ openingBalanceUsd: '4.99', creditsUsd: '0.00', chargesUsd: '0.06', closingBalanceUsd: '4.93', totalUsd: '0.06' });
    expect((await eventsOf(orgId, '2026-10', 2)).map((event) => event.at)).toEqual(['2026-09-29T00:00:00.000Z']);
  });

  it('takes what was booked into a closed month after it was closed', async () => {
    const orgId = await world.anOrg({ creditsUsd: '5.00' });
    await bookIn(world, '2026-09');
    await finalise(orgId, '2026-09');
    await world.ingest(aCall(orgId, '2026-09-03T00:00:00Z', 1_000));
    await bookIn(world, '2026-09');
    expect((await finalise(orgId, '2026-10')).totalUsd).toBe('0.01');
  });

  it('G23 refuses when ledger and charges do not agree, says where, and takes no number', async () => {
    const orgId = await world.anOrg({ creditsUsd: '5.00' });
    await world.ingest(aCall(orgId, '2026-09-03T00:00:00Z', 1_000));
    await bookIn(world, '2026-09');
    const tamper = (amount: number) => world.owner.query(`UPDATE billing.posting SET amount_nano_usd = amount_nano_usd + $1 WHERE org_id = $2 AND account = 'usage_passthrough'`, [amount, orgId]);
    await world.owner.query('ALTER TABLE billing.posting DISABLE TRIGGER posting_is_append_only');
    await tamper(5);
    const [{ journal_id: journal }] = (await world.db.query<{ journal_id: string }>(`SELECT journal_id FROM billing.posting WHERE org_id = $1 AND account = 'usage_passthrough'`, [orgId])) as [{ journal_id: string }];
    await expect(finalise(orgId, '2026-09')).rejects.toMatchObject({
      code: 'conflict',
      details: { where: [{ journal, account: 'usage_passthrough', ledgerUsd: '0.010000005', chargesUsd: '0.01' }] },
    });
    expect(await counters()).toEqual(['0', '0']);
    await tamper(-5);
    expect((await finalise(orgId, '2026-09')).number).toBe('INV-000001');
  });

  it('goes month by month, not before a month is over, and not back', async () => {
    const orgId = await world.anOrg({ creditsUsd: '5.00' });
    await bookIn(world, '2026-08');
    await world.ingest(aCall(orgId, '2026-10-03T00:00:00Z', 1_000));
    await bookIn(world, '2026-10');
    await expect(finalise(orgId, '2026-10')).rejects.toMatchObject({ code: 'conflict', details: { month: '2026-08' } });
    expect(await invoice(orgId, '2026-10')).toMatchObject({ openingBalanceUsd: '5.00', chargesUsd: '0.01', creditsUsd: '0.00' });
    await finalise(orgId, '2026-08');
    await finalise(orgId, '2026-10');
    await expect(finalise(orgId, '2026-09')).rejects.toMatchObject({ code: 'conflict' });
    await expect(invoice(orgId, '2026-09')).rejects.toMatchObject({ code: 'not_found' });
    const thisMonth = new Date().toISOString().slice(0, 7);
    await expect(finalise(orgId, thisMonth)).rejects.toMatchObject({ code: 'conflict' });
    for (const month of ['2199-01', '2026-13', 'x']) await expect(invoice(orgId, month)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('G23 numbers twenty orgs at once without a gap', async () => {
    const orgs = await Promise.all(Array.from({ length: 20 }, () => world.anOrg({ creditsUsd: '1.00' })));
    await bookIn(world, '2026-09');
    const numbers = (await Promise.all(orgs.map((orgId) => finalise(orgId, '2026-09')))).map((head) => head.number).sort();
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => `INV-${String(index + 1).padStart(6, '0')}`));
  });

  it('G25 a final invoice can be changed by nobody', async () => {
    const orgId = await world.anOrg({ creditsUsd: '5.00' });
    await bookIn(world, '2026-09');
    await finalise(orgId, '2026-09');
    for (const table of ['invoice', 'invoice_line', 'invoice_journal', 'invoice_file']) {
      for (const sql of [`DELETE FROM billing.${table}`, `TRUNCATE billing.${table} CASCADE`]) {
        await expect(world.db.query(sql)).rejects.toThrow(/permission denied/);
        await expect(world.owner.query(sql)).rejects.toThrow(/cannot be changed or removed/);
      }
    }
    await expect(world.db.query('UPDATE billing.invoice SET total_nano_usd = 0')).rejects.toThrow(/permission denied/);
    await expect(world.owner.query('UPDATE billing.invoice SET total_nano_usd = 0')).rejects.toThrow(/cannot be changed/);
  });

  it('shows what was not charged because the credits were used up', async () => {
    const orgId = await world.anOrg({ creditsUsd: '0.01' });
    await world.ingest(aCall(orgId, '2026-09-03T00:00:00Z', 3_000));
    await bookIn(world, '2026-09');
    await finalise(orgId, '2026-09');
    const closed = await invoice(orgId, '2026-09');
    expect(closed).toMatchObject({ chargesUsd: '0.01', closingBalanceUsd: '0.00', totalUsd: '0.01' });
    expect(closed.lines.map((line) => [line.section, line.amountUsd])).toEqual([['credits', '0.01'], ['usage', '0.03'], ['adjustments', '-0.02'], ['rounding', '0.00']]);
    expect(formatUsd(sumUsd((await eventsOf(orgId, '2026-09', 3)).map((event) => event.amountUsd)))).toBe('-0.02');
  });
});

describe('a credit note', () => {
  const note = (orgId: string, amountUsd: string, reference: string) => createCreditNote(world, { orgId, month: '2026-09', amountUsd, reason: 'an outage', reference, actor: 'usr_operator' });

  it('takes an invoice back in part, with a number of its own, once for each reference, and never more than was invoiced', async () => {
    const orgId = await world.anOrg({ creditsUsd: '5.00' });
    await world.ingest(aCall(orgId, '2026-09-03T00:00:00Z', 100_000));
    await bookIn(world, '2026-09');
    await expect(note(orgId, '0.40', 'A')).rejects.toMatchObject({ code: 'not_found' });
    await finalise(orgId, '2026-09');
    const notes = await Promise.all(Array.from({ length: 5 }, () => note(orgId, '0.40', 'A')));
    expect(new Set(notes.map((each) => each.number))).toEqual(new Set(['CN-000001']));
    await expect(note(orgId, '0.41', 'A')).rejects.toMatchObject({ code: 'conflict' });
    await expect(note(orgId, '0.61', 'B')).rejects.toMatchObject({ code: 'conflict', details: { leftUsd: '0.60' } });
    await expect(note(orgId, '0.005', 'B')).rejects.toMatchObject({ code: 'invalid_request' });
    expect((await note(orgId, '0.60', 'B')).number).toBe('CN-000002');
    expect(await world.wallet(orgId)).toEqual({ posted: 5, held: 0 });
    await bookIn(world, '2026-10');
    await finalise(orgId, '2026-10');
    const october = await invoice(orgId, '2026-10');
    expect(october.lines.map((line) => [line.section, line.label, line.exactUsd])).toEqual([['credits', 'Credit notes', '1.00'], ['rounding', 'Rounding to cents', '0.00']]);
    expect((await listInvoices(world, { orgId, after: '', limit: 10 })).items.map((head) => [head.kind, head.totalUsd])).toEqual([['invoice', '0.00'], ['credit_note', '-0.60'], ['credit_note', '-0.40'], ['invoice', '1.00']]);
  });
});
