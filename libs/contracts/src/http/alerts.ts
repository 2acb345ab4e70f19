import { z } from 'zod';
import { Amount } from './budgets.js';
import { AnyId, PageQuery, Timestamp } from './wire.js';

export const AlertKind = z.enum(['budget_threshold', 'budget_would_refuse', 'budget_forecast', 'spending_spike', 'low_balance', 'key_failing', 'credits_started', 'key_expiring', 'key_rotation_due', 'low_quota']);
export type AlertKind = z.infer<typeof AlertKind>;

const Delivery = z.object({
  to: z.string().describe('"email", or the id of a webhook'),
  status: z.enum(['pending', 'sent', 'dead']),
  attempts: z.int(),
  problem: z.string().nullable(),
});

export const Alert = z
  .object({
    id: z.string(),
    kind: AlertKind,
    subject: z.string().describe('the id of the budget or key, or of the org'),
    text: z.string(),
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
    createdAt: Timestamp,
    acknowledgedAt: Timestamp.nullable(),
    acknowledgedBy: z.string().nullable(),
    deliveries: z.array(Delivery),
  })
  .meta({ id: 'Alert' });
export type Alert = z.infer<typeof Alert>;

/** `open`: only what nobody has acknowledged. */
export const AlertQuery = PageQuery.extend({ open: z.enum(['true', 'false']).optional() });
export type AlertQuery = z.infer<typeof AlertQuery>;
export const AlertPath = z.object({ alert: AnyId });
export type AlertPath = z.infer<typeof AlertPath>;

/** Who gets e-mail, and below which balance of credits. Addresses are those of people of the org. */
export const AlertSettings = z
  .strictObject({ mailTo: z.array(z.email().max(254)).max(20), lowBalanceUsd: Amount.nullable() })
  .meta({ id: 'AlertSettings' });
export type AlertSettings = z.infer<typeof AlertSettings>;
