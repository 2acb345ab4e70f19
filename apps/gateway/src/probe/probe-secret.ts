import type { ProbeResultMessage, SecretMessage } from '@byok/contracts';
import { AppError, Secret } from '@byok/kernel';
import { checkSecret, findProvider, type Provider } from '@byok/providers';
import { probeLive, type ProbeDeps } from '../upstream/probe-live.js';

/** Tries a key that is not stored yet. @throws AppError unknown_provider, key_malformed, key_wrong_provider, key_config_invalid, … */
export function probeSecret(deps: ProbeDeps, request: SecretMessage): Promise<ProbeResultMessage> {
  const provider = knownProvider(request.provider);
  const checked = checkSecret(provider, request.secret, request.config);
  return probeLive(provider, new Secret(checked.secret), checked.config, deps);
}

/** @throws AppError unknown_provider */
export function knownProvider(idOrAlias: string): Provider {
  const provider = findProvider(idOrAlias);
  if (!provider) throw new AppError('unknown_provider', 'There is no such provider. GET /api/byok/providers lists the ones there are.');
  return provider;
}
