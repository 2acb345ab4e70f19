/**
 * The accounts of an org. `wallet` is the org's own money with us and the only one whose balance is kept; the others are ours and
 * are the sum of their postings. Whether credits were paid for or given is told by their lot and by the other side of their journal.
 */
export const ACCOUNT_KINDS = [
  'wallet',
  /** What an org that pays by invoice owes us. */
  'receivable',
  'cash_clearing',
  /** What providers asked for the calls, at our list of prices. */
  'usage_passthrough',
  'markup_revenue',
  'promo_expense',
  /** Credits that expired. */
  'breakage',
  /** What calls cost beyond what their wallet or budget could give. */
  'overrun_loss',
  'refunds',
  'rounding',
  /** What providers really billed. */
  'provider_cost',
] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];
