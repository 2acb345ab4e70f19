import type { OwnerType } from '@byok/kernel';

/** What every answer tells about how it came about. */
export interface CallFacts {
  requestId: string;
  keyOwner: OwnerType;
  keyId: string;
  provider: string;
  /** The name it was planned under; not always the one that was asked for. */
  model: string;
  usesPlatformCredits: boolean;
  attempts: number;
  /** True for an answer that was given before: it costs nothing. */
  isRepeat?: boolean;
}

/** The facts as headers, appended to a flat raw array. */
export function appendFacts(flat: string[], facts: CallFacts): void {
  flat.push(
    'x-request-id',
    facts.requestId,
    'x-byok-key-owner',
    facts.keyOwner,
    'x-byok-key-id',
    facts.keyId,
    'x-using-byok',
    facts.usesPlatformCredits ? 'false' : 'true',
    'x-provider',
    facts.provider,
    'x-byok-model',
    inHeader(facts.model),
    'x-credits-charged',
    creditsCharged(facts),
    'x-byok-attempts',
    String(facts.attempts),
  );
}

/** Names may be the caller's own words: only what can stand in a header does. */
export function inHeader(name: string): string {
  return name.length <= 256 ? name.replace(/[^\x21-\x7e]/g, '?') : '?';
}

/** Own keys cost nothing here; what a platform key costs is settled by the ledger after the answer. */
export function creditsCharged(facts: CallFacts): string {
  return facts.usesPlatformCredits && !facts.isRepeat ? 'pending' : '0.00';
}

const CLOSING_BRACE = 125;
const OPENING_BRACE = 123;

/** The same JSON object with three facts as further members; every other byte stays. What is no JSON object stays as it is. */
export function withCallFacts(body: Buffer, facts: CallFacts): Buffer {
  const end = body.lastIndexOf(CLOSING_BRACE);
  const start = body.indexOf(OPENING_BRACE);
  if (start === -1 || end <= start) return body;
  const isEmpty = body.subarray(start + 1, end).toString().trim() === '';
  const members = JSON.stringify({
    'x-using-byok': facts.usesPlatformCredits ? 'false' : 'true',
    'x-provider': facts.provider,
    'x-credits-charged': creditsCharged(facts),
  }).slice(1, -1);
  return Buffer.concat([body.subarray(0, end), Buffer.from(`${isEmpty ? '' : ','}${members}`), body.subarray(end)]);
}
