import type { SecretMessage } from '@byok/contracts';
import { checkSecret as check } from '@byok/providers';
import { knownProvider } from './probe-secret.js';

/** Format and fields only, no network: the provider's own id, the trimmed key, the complete config. */
export function checkSecret(request: SecretMessage): SecretMessage {
  const provider = knownProvider(request.provider);
  const { secret, config } = check(provider, request.secret, request.config);
  return { provider: provider.id, secret, config };
}
