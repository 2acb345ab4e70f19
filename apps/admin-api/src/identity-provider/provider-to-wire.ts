import type { IdentityProvider as ProviderOnWire } from '@byok/contracts';
import type { IdentityProvider } from '@byok/identity';
import { CALLBACK_PATH } from '../sign-in/redirect-uri.js';

export function providerToWire({ orgId, updatedAt, ...provider }: IdentityProvider): ProviderOnWire {
  return { ...provider, startPath: `/api/auth/oidc/${orgId}/start`, callbackPath: CALLBACK_PATH, updatedAt: updatedAt.toISOString() };
}
