import { onceFor } from '@byok/kernel';
import type { Attempt } from '@byok/routing';

/** What every answer tells about how it came about. */
export interface CallFacts {
  requestId: string;
  /** The one that answered. Its model is the name it was planned under; not always the one that was asked for. */
  attempt: Attempt;
  attempts: number;
  /** True for an answer that was given before: it costs nothing. */
  isRepeat?: boolean;
}

/** The facts as headers, appended to a flat raw array. */
export function appendFacts(flat: string[], facts: CallFacts): void {
  flat.push('x-request-id', facts.requestId, ...ofAttempt(facts.attempt), 'x-credits-charged', creditsCharged(facts), 'x-byok-attempts', String(facts.attempts));
}

/** A planned attempt serves many calls: what is said of it is put into words once. */
const ofAttempt = onceFor(({ owner, keyId, provider, model, usesPlatformCredits }: Attempt): readonly string[] => {
  const usingByok = usesPlatformCredits ? 'false' : 'true';
  return ['x-byok-key-owner', owner.type, 'x-byok-key-id', keyId, 'x-using-byok', usingByok, 'x-provider', provider.id, 'x-byok-model', inHeader(model)];
});

/** Names may be the caller's own words: only what can stand in a header does. */
function inHeader(name: string): string {
  return name.length <= 256 ? name.replace(/[^\x21-\x7e]/g, '?') : '?';
}

/** Own keys cost nothing here; what a platform key costs is settled by the ledger after the answer. */
export function creditsCharged(facts: CallFacts): string {
  return facts.attempt.usesPlatformCredits && !facts.isRepeat ? 'pending' : '0.00';
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
    'x-using-byok': facts.attempt.usesPlatformCredits ? 'false' : 'true',
    'x-provider': facts.attempt.provider.id,
    'x-credits-charged': creditsCharged(facts),
  }).slice(1, -1);
  return Buffer.concat([body.subarray(0, end), Buffer.from(`${isEmpty ? '' : ','}${members}`), body.subarray(end)]);
}
