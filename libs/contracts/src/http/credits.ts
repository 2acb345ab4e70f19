import { z } from 'zod';
import { Amount } from './budgets.js';
import { AnyId, Line, Timestamp, Usd } from './wire.js';

const Kind = z.enum(['paid', 'promo']).describe('paid for, or given');

const Key = Line(128).min(1).describe('unique per org: the same request again changes nothing');

/** Credits as they came in. They are burnt by priority (given before paid), then the first to expire, then the oldest. */
export const CreditLot = z
  .object({
    id: z.string(),
    kind: Kind,
    amountUsd: Usd,
    remainingUsd: Usd,
    expiresAt: Timestamp.nullable(),
    note: z.string(),
    createdBy: z.string(),
    createdAt: Timestamp,
  })
  .meta({ id: 'CreditLot' });
export type CreditLot = z.infer<typeof CreditLot>;

/** available = balance - held: what running calls have reserved is not there for others. */
export const Credits = z.object({ balanceUsd: Usd, heldUsd: Usd, availableUsd: Usd, lots: z.array(CreditLot) }).meta({ id: 'Credits' });
export type Credits = z.infer<typeof Credits>;

export const GrantCredits = z
  .strictObject({ amountUsd: Amount.refine((amount) => Number(amount) > 0, 'must be more than 0'), kind: Kind, expiresAt: Timestamp.optional(), note: Line(500).default(''), idempotencyKey: Key })
  .meta({ id: 'GrantCredits' });
export type GrantCredits = z.infer<typeof GrantCredits>;

export const RefundCharge = z
  .strictObject({
    eventId: AnyId.describe('the usage event whose charge goes back'),
    amountUsd: Amount.refine((amount) => Number(amount) > 0, 'must be more than 0').optional().describe('everything that was not refunded yet, when left out'),
    note: Line(500).default(''),
    idempotencyKey: Key,
  })
  .meta({ id: 'RefundCharge' });
export type RefundCharge = z.infer<typeof RefundCharge>;

export const Refund = z.object({ id: z.string(), eventId: z.string(), amountUsd: Usd }).meta({ id: 'Refund' });
export type Refund = z.infer<typeof Refund>;

/** What happened to an org's money: lines that sum to zero, + is credit. */
export const JournalItem = z
  .object({
    id: z.string(),
    kind: z.enum(['top_up', 'grant', 'usage', 'refund', 'expiry', 'adjustment', 'rounding', 'provider_cost']),
    bookedAt: Timestamp,
    reverses: z.string().nullable(),
    ref: z.record(z.string(), z.unknown()),
    lines: z.array(z.object({ account: z.string(), amountUsd: Usd })),
  })
  .meta({ id: 'JournalItem' });
export type JournalItem = z.infer<typeof JournalItem>;
