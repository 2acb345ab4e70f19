import { StatementQuery, type Chargeback, type Statement, type UsageDimension } from '@byok/contracts';
import { formatUsd, type NanoUsd } from '@byok/kernel';
import { findChargeback } from '../../store/chargeback.store.js';
import { readCredits, readKeyUse, type CreditsRow, type KeyUseRow } from '../../store/statement.store.js';
import { parse } from '../../wire/parse.js';
import type { ReportDeps } from '../get-report.js';
import { periodOf, type ReportAsk } from '../report-request.js';
import { chargeBack } from './charge-back.js';

const Question = StatementQuery.pick({ costCentre: true });

/** A rule for this key is for every key of the platform. */
const PLATFORM = 'platform';

/** Your providers will bill you about so much on these keys, we bill you so much; and which cost centre bears what. */
export async function makeStatement({ db }: ReportDeps, ask: ReportAsk): Promise<Statement> {
  const period = periodOf(ask);
  const chargeback = await findChargeback(db, ask.orgId);
  const costCentre = parse(Question, ask.question).costCentre ?? chargeback?.costCentre ?? 'group';
  const asked = { orgId: ask.orgId, filters: ask.filters, ...period };
  const uses = await readKeyUse(db, asked, costCentre as UsageDimension);
  // Of a part of an org there is nothing to divide: it is shown what it used itself.
  const rules = chargeback?.costCentre === costCentre && ask.filters.length === 0 ? chargeback.rules : [];
  return {
    month: period.from.slice(0, 7),
    ...period,
    providersBill: providersBill(uses.filter((use) => use.key_owner !== PLATFORM)),
    weBill: weBill(await readCredits(db, asked)),
    costCentre,
    costCentres: costCentres(uses, rules),
  };
}

function providersBill(uses: readonly KeyUseRow[]): Statement['providersBill'] {
  const keys = [...grouped(uses, (use) => JSON.stringify([use.key_id, use.key_owner, use.key_owner_id, use.provider])).values()].map((rows) => {
    const [{ key_id: key, key_owner: owner, key_owner_id: ownerId, provider }] = rows as [KeyUseRow];
    const [unpricedAttempts, known] = [count(rows, 'unpriced'), money(rows, 'known_cost')];
    return { key, owner, ownerId, provider, attempts: count(rows, 'attempts'), totalTokens: count(rows, 'tokens'), ...knownCost(known, unpricedAttempts), unpricedAttempts };
  });
  const [unpricedAttempts, known] = [count(uses, 'unpriced'), money(uses, 'known_cost')];
  return { aboutUsd: unpricedAttempts > 0 ? null : formatUsd(known), knownUsd: formatUsd(known), unpricedAttempts, keys };
}

function weBill(rows: readonly CreditsRow[]): Statement['weBill'] {
  return {
    usd: formatUsd(money(rows, 'charged')),
    baseUsd: formatUsd(money(rows, 'base')),
    markupUsd: formatUsd(money(rows, 'markup')),
    waivedUsd: formatUsd(money(rows, 'overrun')),
    pendingAttempts: count(rows, 'pending'),
    models: rows.map((row) => ({ provider: row.provider, model: row.model, attempts: Number(row.attempts), totalTokens: Number(row.tokens), listUsd: formatUsd(BigInt(row.list)), chargedUsd: formatUsd(BigInt(row.charged)) })),
  };
}

type Borne = Record<'providers' | 'us' | 'used', NanoUsd>;

/** What every cost centre bears of each key: of one's own what its provider bills, of the platform's what we bill. */
function costCentres(uses: readonly KeyUseRow[], rules: Chargeback['rules']): Statement['costCentres'] {
  const borne = new Map<string, Borne>();
  const add = (centre: string, part: keyof Borne, amount: NanoUsd): void => {
    const each = borne.get(centre) ?? { providers: 0n, us: 0n, used: 0n };
    borne.set(centre, { ...each, [part]: each[part] + amount });
  };
  for (const rows of grouped(uses, (use) => `${use.key_owner} ${use.key_id}`).values()) {
    const isOurs = rows[0]!.key_owner === PLATFORM;
    // A key of a person is not shared.
    const rule = rows[0]!.key_owner === 'user' ? undefined : rules.find((each) => each.key === (isOurs ? PLATFORM : rows[0]!.key_id));
    const ofKey = rows.map((row) => ({ centre: row.centre, nanoUsd: BigInt(isOurs ? row.charged : row.known_cost), tokens: BigInt(row.tokens) }));
    for (const { centre, nanoUsd } of ofKey) add(centre, 'used', nanoUsd);
    for (const [centre, amount] of chargeBack(ofKey, rule)) add(centre, isOurs ? 'us' : 'providers', amount);
  }
  return [...borne]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([centre, { providers, us, used }]) => ({ costCentre: centre || null, providersBillUsd: formatUsd(providers), weBillUsd: formatUsd(us), usedUsd: formatUsd(used), totalUsd: formatUsd(providers + us) }));
}

function knownCost(known: NanoUsd, unpriced: number): { costUsd: string | null; knownCostUsd: string } {
  return { costUsd: unpriced > 0 ? null : formatUsd(known), knownCostUsd: formatUsd(known) };
}

function grouped<T>(rows: readonly T[], by: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(by(row), [...(groups.get(by(row)) ?? []), row]);
  return groups;
}

function money<K extends string>(rows: readonly Record<K, string>[], column: K): NanoUsd {
  return rows.reduce((sum, row) => sum + BigInt(row[column]), 0n);
}

function count<K extends string>(rows: readonly Record<K, string>[], column: K): number {
  return rows.reduce((sum, row) => sum + Number(row[column]), 0);
}
