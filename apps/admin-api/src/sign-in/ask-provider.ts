import type { Claims, IdentityProvider } from '@byok/identity';
import { claimValues } from '@byok/identity';
import { AppError } from '@byok/kernel';
import { LRUCache } from 'lru-cache';
import * as client from 'openid-client';
import type { VaultClient } from '../clients/vault.client.js';
import type { SignInProof } from './browser-secret.js';
import type { Outside } from './outside.js';

export interface ProviderDeps {
  outside: Outside;
  vault: Pick<VaultClient, 'openSignInSecret'>;
}

export type SignInClaims = Claims & { sub: string };

const DESCRIPTION_MS = 5 * 60_000;
const TIMEOUT_S = 10;

/** What providers say about themselves, for a while and by the settings they were asked with. In the way in alone, so that a spec has its own. */
const descriptions = new WeakMap<Outside, LRUCache<string, client.ServerMetadata>>();

/** Where the browser goes to sign in. */
export async function authorisationUrl(deps: ProviderDeps, provider: IdentityProvider, proof: SignInProof, redirectUri: string): Promise<URL> {
  const configuration = configurationOf(deps, provider, await describe(deps, provider), client.None());
  const url = client.buildAuthorizationUrl(configuration, {
    ...{ redirect_uri: redirectUri, scope: provider.scopes.join(' '), state: proof.state, nonce: proof.nonce },
    ...{ code_challenge: await client.calculatePKCECodeChallenge(proof.codeVerifier), code_challenge_method: 'S256' },
  });
  // The browser is sent there, so it must be a web address; whether we could dial it is another question.
  if (url.protocol !== 'https:' && url.protocol !== new URL(provider.issuer).protocol) throw unreachable(new Error('The authorisation endpoint is no https address.'));
  return url;
}

/**
 * Trades the code for what the provider says about who signed in: signature, issuer, audience, nonce, state and code verifier are checked.
 * @throws AppError login_failed; service_unavailable when the provider cannot be reached
 */
export async function askProvider(deps: ProviderDeps, provider: IdentityProvider, proof: SignInProof, cameBack: URL): Promise<SignInClaims> {
  try {
    const metadata = await describe(deps, provider);
    const configuration = configurationOf(deps, provider, metadata, await authenticationOf(deps, provider, metadata));
    const tokens = await client.authorizationCodeGrant(configuration, cameBack, {
      ...{ expectedState: proof.state, expectedNonce: proof.nonce, pkceCodeVerifier: proof.codeVerifier, idTokenExpected: true },
    });
    const claims = tokens.claims()!;
    if (!isWanting(provider, claims) || metadata.userinfo_endpoint === undefined) return claims;
    return { ...(await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims };
  } catch (error) {
    throw asSignInError(error);
  }
}

async function describe({ outside }: ProviderDeps, { issuer, clientId }: IdentityProvider): Promise<client.ServerMetadata> {
  const known = descriptions.get(outside) ?? new LRUCache<string, client.ServerMetadata>({ max: 500, ttl: DESCRIPTION_MS });
  descriptions.set(outside, known);
  const described = known.get(issuer);
  if (described) return described;
  try {
    const found = await client.discovery(new URL(issuer), clientId, undefined, client.None(), { [client.customFetch]: fetchOver(outside), timeout: TIMEOUT_S, ...(isPlain(issuer) ? { execute: [client.allowInsecureRequests] } : {}) });
    const metadata = found.serverMetadata();
    known.set(issuer, metadata);
    return metadata;
  } catch (error) {
    throw asSignInError(error);
  }
}

function configurationOf({ outside }: ProviderDeps, { issuer, clientId }: IdentityProvider, metadata: client.ServerMetadata, authentication: client.ClientAuth): client.Configuration {
  const configuration = new client.Configuration(metadata, clientId, {}, authentication);
  configuration[client.customFetch] = fetchOver(outside);
  configuration.timeout = TIMEOUT_S;
  // The ID token comes over TLS from the provider itself; its signature is checked all the same.
  client.enableNonRepudiationChecks(configuration);
  // The dialer lets plain HTTP through to nothing but what the operator listed.
  if (isPlain(issuer)) client.allowInsecureRequests(configuration);
  return configuration;
}

async function authenticationOf({ vault }: ProviderDeps, { orgId, issuer, hasClientSecret }: IdentityProvider, metadata: client.ServerMetadata): Promise<client.ClientAuth> {
  if (!hasClientSecret) return client.None();
  const { secret } = await vault.openSignInSecret({ orgId, issuer });
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic') ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret);
}

function fetchOver(outside: Outside): client.CustomFetch {
  return (url, { method, headers, body }) => outside.fetch(url, { method, headers, body });
}

/** Whether the ID token leaves open what the provider's other endpoint may tell. */
function isWanting({ groups, groupClaim, roles, roleClaim }: IdentityProvider, claims: Claims): boolean {
  const lacks = (claim: string): boolean => claimValues(claims, claim) === undefined;
  return lacks('email') || (groups.length > 0 && lacks(groupClaim)) || (roles.length > 0 && lacks(roleClaim));
}

function isPlain(issuer: string): boolean {
  return new URL(issuer).protocol === 'http:';
}

/** Ours stay ours; the library's and the provider's words are for the log. */
function asSignInError(error: unknown): AppError {
  for (let cause = error; cause instanceof Error; cause = cause.cause as Error) {
    if (!(cause instanceof AppError)) continue;
    return cause.rule.blame === 'provider' || cause.code === 'endpoint_not_allowed' ? unreachable(cause) : cause;
  }
  const code = (error as { code?: unknown } | null)?.code;
  return new AppError('login_failed', 'The identity provider did not confirm who you are. Try again, or ask an admin of your organisation.', { cause: error, details: { reason: typeof code === 'string' ? code.slice(0, 60) : 'unknown' } });
}

function unreachable(cause: Error): AppError {
  return new AppError('service_unavailable', 'The identity provider of this organisation cannot be reached. Try again shortly, or ask an admin of your organisation.', { cause });
}
