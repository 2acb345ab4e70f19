import { parseToken, type DeniedCall, type Tally } from '@byok/identity';
import type { AppError, ErrorCode, TokenId } from '@byok/kernel';
import type { Call } from './call.js';

/** Said only to who holds a token's secret: a wrong secret names nobody, and a full budget denies nobody's right. */
const DENIALS: ReadonlySet<ErrorCode> = new Set(['token_revoked', 'token_expired', 'forbidden', 'address_not_allowed', 'org_frozen', 'org_sealed', 'model_not_allowed', 'no_key_available']);

/** Counts a call that was denied to a token, for the audit of its org. */
export function noteDenial(call: Call, { code }: AppError, denied: Tally<DeniedCall>): void {
  if (!DENIALS.has(code)) return;
  const tokenId = (call.record.principal?.tokenId as TokenId | null | undefined) ?? parseToken(call.credential)?.id;
  if (tokenId) denied.note({ tokenId, code });
}
