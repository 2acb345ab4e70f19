import type { ProbeForAdmin, ProbeResultMessage, SecretMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { Limiter } from '../auth/limiters.js';

/** What to do about an outcome that keeps a key from being saved. */
const ADVICE: Record<string, string> = {
  invalid: 'The provider refused this key. Check that it was copied whole and was not revoked there.',
  'no-permission': 'The provider knows this key but does not let it do what a call needs. Give it the permission there, or save it with skipTest.',
  'no-credit': 'The account behind this key has no credit. Top it up there, or save the key with skipTest.',
  unreachable: 'The provider could not be reached, so the key could not be tested. Try again, or save it with skipTest.',
};

const SAYS_NO = new Set(['invalid', 'no-permission', 'no-credit']);

export interface TryDeps {
  probe: Pick<ProbeForAdmin, 'probeSecret'>;
  probeLimiter: Limiter;
}

/** Tries a key that is not stored yet at its provider. @throws AppError key_test_failed with the outcome and what to do */
export async function tryKey(deps: TryDeps, subject: string, presented: SecretMessage): Promise<string> {
  const { outcome, message } = await limited(deps.probeLimiter, subject, () => deps.probe.probeSecret(presented));
  const advice = ADVICE[outcome];
  if (advice === undefined) return outcome;
  throw new AppError('key_test_failed', advice, { details: { outcome, providerMessage: message } });
}

/** A test tells whether a key works, so somebody with stolen keys would like it: tests that a provider says no to are counted. */
export async function limited(limiter: Limiter, subject: string, test: () => Promise<ProbeResultMessage>): Promise<ProbeResultMessage> {
  await limiter.take(subject);
  const found = await test();
  if (!SAYS_NO.has(found.outcome)) await limiter.giveBack(subject);
  return found;
}
