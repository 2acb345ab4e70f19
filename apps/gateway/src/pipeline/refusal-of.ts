import { AppError } from '@byok/kernel';
import { classifyError } from '@byok/providers';
import { untilDateMs } from '../conditions/retry-after.js';
import type { WholeAnswer } from '../upstream/http-client.js';
import type { OpenedKey } from '../upstream/opened-key.js';
import { redact } from '../upstream/redact.js';

/** What the provider's refusal means, with every piece of the key taken out of what it said. */
export function refusalOf(answer: WholeAnswer, key: OpenedKey, now: number): AppError {
  if (answer.status < 400) return new AppError('upstream_redirect', 'The provider answered with a redirect, which is not followed.');
  const failure = classifyError(key.provider, answer.status, answer.headers, answer.body.toString('utf8', 0, 16_384));
  const retryAfterMs = failure.retryAfterMs ?? untilDateMs(answer.headers, now);
  const said = failure.providerMessage === null ? '' : ` ${key.provider.name} said: ${redact(failure.providerMessage, key.secret)}`;
  return new AppError(failure.code, failure.message + said, {
    details: {
      upstreamStatus: answer.status,
      ...(failure.providerCode === null ? {} : { providerCode: redact(failure.providerCode, key.secret) }),
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    },
  });
}
