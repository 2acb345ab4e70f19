import type { BudgetScope } from '@byok/contracts';
import type { NanoUsd, Period } from '@byok/kernel';
import type { Sql } from '@byok/platform';

export type BudgetStatus = 'active' | 'paused' | 'deleted';

/** A budget as it stands. */
export interface Budget {
  id: string;
  orgId: string;
  name: string;
  scope: BudgetScope;
  scopeId: string;
  amountNanoUsd: NanoUsd;
  period: Period;
  timeZone: string;
  isHard: boolean;
  isShadow: boolean;
  includesOwnKeys: boolean;
  thresholds: number[];
  status: BudgetStatus;
  createdBy: string;
  createdAt: Date;
}

type Row = Omit<Budget, 'amountNanoUsd'> & { amountNanoUsd: string };

/** What a change may touch: whose spending a budget is about never changes, or its counters would tell a lie. */
type Changeable = Pick<Budget, 'name' | 'amountNanoUsd' | 'period' | 'timeZone' | 'isHard' | 'isShadow' | 'includesOwnKeys' | 'thresholds' | 'status'>;
export type BudgetChange = { [K in keyof Changeable]?: Changeable[K] | undefined };

const BUDGET = `id, org_id AS "orgId", name, scope, scope_id AS "scopeId", amount_nano_usd AS "amountNanoUsd", period, time_zone AS "timeZone", is_hard AS "isHard",
  is_shadow AS "isShadow", includes_own_keys AS "includesOwnKeys", thresholds, status, created_by AS "createdBy", created_at AS "createdAt"`;

const COLUMN_OF: Readonly<Record<keyof BudgetChange, string>> = {
  ...{ name: 'name', amountNanoUsd: 'amount_nano_usd', period: 'period', timeZone: 'time_zone', isHard: 'is_hard', isShadow: 'is_shadow' },
  ...{ includesOwnKeys: 'includes_own_keys', thresholds: 'thresholds', status: 'status' },
};

export async function insertBudget(tx: Sql, budget: Omit<Budget, 'createdAt'>): Promise<void> {
  await tx.query(
    `INSERT INTO billing.budget (id, org_id, name, scope, scope_id, amount_nano_usd, period, time_zone, is_hard, is_shadow, includes_own_keys, thresholds, status, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      ...[budget.id, budget.orgId, budget.name, budget.scope, budget.scopeId, budget.amountNanoUsd.toString(), budget.period, budget.timeZone],
      ...[budget.isHard, budget.isShadow, budget.includesOwnKeys, budget.thresholds, budget.status, budget.createdBy],
    ],
  );
}

/** Answers whether there was such a budget. */
export async function changeBudget(tx: Sql, orgId: string, id: string, change: BudgetChange): Promise<boolean> {
  const fields = Object.entries(change).filter(([, value]) => value !== undefined) as [keyof BudgetChange, unknown][];
  const assignments = fields.map(([name], index) => `${COLUMN_OF[name]} = $${index + 3}`);
  const values = fields.map(([, value]) => (typeof value === 'bigint' ? value.toString() : value));
  const rows = await tx.query(
    `UPDATE billing.budget SET ${[...assignments, 'updated_at = now()'].join(', ')} WHERE org_id = $1 AND id = $2 AND status <> 'deleted' RETURNING id`,
    [orgId, id, ...values],
  );
  return rows.length > 0;
}

export async function findBudget(db: Sql, orgId: string, id: string): Promise<Budget | undefined> {
  const [row] = await db.query<Row>(`SELECT ${BUDGET} FROM billing.budget WHERE org_id = $1 AND id = $2 AND status <> 'deleted'`, [orgId, id]);
  return row && budgetOf(row);
}

/** In id order, at most `limit` after `after`; all of the org's, or those of some groups and users. */
export async function listBudgets(db: Sql, orgId: string, page: { after: string; limit: number; subjects: readonly string[] | null }): Promise<Budget[]> {
  const rows = await db.query<Row>(
    `SELECT ${BUDGET} FROM billing.budget WHERE org_id = $1 AND status <> 'deleted' AND id > $2
       AND ($4::text[] IS NULL OR (scope IN ('group', 'user') AND scope_id = ANY ($4))) ORDER BY id LIMIT $3`,
    [orgId, page.after, page.limit, page.subjects],
  );
  return rows.map(budgetOf);
}

/** What is in force in these orgs. */
export async function activeBudgets(db: Sql, orgIds: readonly string[]): Promise<Budget[]> {
  const rows = await db.query<Row>(`SELECT ${BUDGET} FROM billing.budget WHERE org_id = ANY ($1) AND status = 'active' ORDER BY id`, [orgIds]);
  return rows.map(budgetOf);
}

export async function countBudgets(db: Sql, orgId: string): Promise<number> {
  const [row] = await db.query<{ count: string }>(`SELECT count(*) FROM billing.budget WHERE org_id = $1 AND status <> 'deleted'`, [orgId]);
  return Number(row!.count);
}

function budgetOf(row: Row): Budget {
  return { ...row, amountNanoUsd: BigInt(row.amountNanoUsd) };
}
