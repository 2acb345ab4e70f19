import type { Clock, Secret } from '@byok/kernel';
import { authHeaders, type Provider } from '@byok/providers';
import { awsAuthoriser } from './aws-signature.js';
import { googleAuthoriser } from './google-token.js';
import type { ExchangeLimits } from './http-client.js';
import type { Pools } from './pools.js';

/** A request as it will be sent, for whoever signs it. */
export interface UnsignedRequest {
  method: 'GET' | 'POST';
  url: URL;
  body: Buffer | string | null;
}

/** What of a key decides how its requests are authorised. */
export interface Credential {
  provider: Provider;
  secret: Secret;
  config: Readonly<Record<string, string>>;
}

export interface AuthoriseDeps {
  pools: Pools;
  /** `BYOK_PROVIDER_BASE_URLS`: the operator's endpoints, by provider id. */
  baseUrls: Readonly<Record<string, string>>;
  limits: ExchangeLimits;
  clock: Clock;
}

/** The headers that authorise one request, as a flat raw array; made anew for every request. @throws AppError key_rejected, upstream_unreachable */
export type Authorise = (request: UnsignedRequest, deps: AuthoriseDeps) => string[] | Promise<string[]>;

/** How requests with a key are authorised beyond its fixed headers; null where those are enough. */
export function authoriserOf(credential: Credential): Authorise | null {
  const { auth } = credential.provider;
  switch (auth.kind) {
    case 'header':
      return null;
    case 'aws-sigv4':
      return awsAuthoriser(credential, auth.service);
    case 'google-service-account':
      return googleAuthoriser(credential, auth.scope);
  }
}

/** The fixed headers of every request with this key. */
export function fixedHeaders({ provider, secret, config }: Credential): string[] {
  return authHeaders(provider, secret.expose(), config);
}
