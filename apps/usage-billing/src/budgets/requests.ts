import { Amount, BudgetScope } from '@byok/contracts';
import { isTimeZone, parseUsd, PERIODS } from '@byok/kernel';
import { z } from 'zod';

/** Messages about budgets as they come over gRPC: strings that are not set are empty, absent optional fields are absent. */
const id = z.string().min(1).max(64);
const text = (max: number) => z.string().min(1).max(max).refine((value) => !value.includes('\0'));
const fields = {
  name: text(120),
  amountUsd: Amount.transform(parseUsd),
  period: z.enum(PERIODS),
  timeZone: z.string().refine(isTimeZone),
  isHard: z.boolean(),
  isShadow: z.boolean(),
  includesOwnKeys: z.boolean(),
};
const Percents = z.array(z.int().min(1).max(1_000)).max(10);

export const CreateBudgetRequest = z.object({
  ...fields,
  id: z.string().regex(/^bud_[0-9a-f]{32}$/),
  orgId: id,
  scope: BudgetScope,
  scopeId: text(300),
  isHard: z.boolean().default(false),
  isShadow: z.boolean().default(false),
  includesOwnKeys: z.boolean().default(false),
  thresholds: Percents.default([]),
  createdBy: text(64),
  mailTo: z.string().max(254).default(''),
});

export const UpdateBudgetRequest = z.object({
  ...z.object(fields).partial().shape,
  orgId: id,
  budgetId: id,
  thresholds: z.object({ percent: Percents.default([]) }).nullish(),
  status: z.enum(['active', 'paused']).optional(),
});

export const BudgetIdRequest = z.object({ orgId: id, budgetId: id });

export const ListBudgetsRequest = z.object({
  orgId: id,
  after: z.string().max(64).default(''),
  limit: z.int().min(0).default(0).transform((limit) => Math.min(limit || 50, 200)),
  subjects: z.array(z.string().max(64)).max(1_000).default([]),
  isEverything: z.boolean().default(false),
});
