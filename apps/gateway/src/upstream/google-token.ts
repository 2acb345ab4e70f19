import { createHash } from 'node:crypto';
import { AppError, onceFor } from '@byok/kernel';
import { GOOGLE_TOKEN_URI, serviceAccountIn, type ServiceAccount } from '@byok/providers';
import { SignJWT, importPKCS8 } from 'jose';
import { LRUCache } from 'lru-cache';
import { askOnce } from './ask-once.js';
import type { Authorise, AuthoriseDeps, Credential } from './authorise.js';
import type { WholeAnswer } from './http-client.js';
import type { Pools } from './pools.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const PROOF_SECONDS = 3_600;
/** A token this close to its end is not used any more: the call it goes with may wait in a queue. */
const SPARE_MS = 60_000;
const MAX_TOKENS = 2_000;
/** The exchange has connections of its own, so that calls that wait for a token do not wait for calls. */
const BULKHEAD = 'google-token';

interface Token {
  value: string;
  usableUntil: number;
}

/** By gateway, and in it by a hash of the key: a map must not hold keys. Who finds a token here holds the key it was got with. */
const tokensOf = onceFor((_pools: Pools) => new LRUCache<string, Promise<Token>>({ max: MAX_TOKENS }));

/** Sends an access token that the key's service account got; one exchange serves all calls of an hour, and those that wait for it. */
export function googleAuthoriser(credential: Credential, scope: string): Authorise {
  // The key leaves here only as a hash, and as what it signs.
  const name = createHash('sha256').update(`${scope}\n${credential.secret.expose()}`).digest('base64url');
  return async (_request, deps) => ['authorization', `Bearer ${await accessToken(name, credential, scope, deps)}`];
}

async function accessToken(name: string, credential: Credential, scope: string, deps: AuthoriseDeps): Promise<string> {
  const tokens = tokensOf(deps.pools);
  const known = tokens.get(name);
  const token = await known;
  if (token && deps.clock.now() < token.usableUntil) return token.value;
  // Of all that waited for the same old one the first renews it.
  const renewed = tokens.get(name);
  return (await (renewed && renewed !== known ? renewed : renew(name, tokens, exchange(credential, scope, deps)))).value;
}

/** A failure is not kept: the next call tries again. */
function renew(name: string, tokens: LRUCache<string, Promise<Token>>, asked: Promise<Token>): Promise<Token> {
  tokens.set(name, asked);
  asked.catch(() => tokens.get(name) === asked && tokens.delete(name));
  return asked;
}

async function exchange(credential: Credential, scope: string, deps: AuthoriseDeps): Promise<Token> {
  const account = serviceAccountIn(credential.secret.expose());
  if (!account) throw new AppError('key_unavailable', 'This key is not a service account. Store it again.');
  const askedAt = deps.clock.now();
  const form = new URLSearchParams({ grant_type: GRANT, assertion: await proof(account, scope, askedAt) });
  return tokenIn(await post(form.toString(), credential, deps), askedAt);
}

async function proof({ clientEmail, privateKey, privateKeyId }: ServiceAccount, scope: string, now: number): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  const jwt = new SignJWT({ scope })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(privateKeyId === null ? {} : { kid: privateKeyId }) })
    .setIssuer(clientEmail)
    .setAudience(GOOGLE_TOKEN_URI)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + PROOF_SECONDS);
  try {
    return await jwt.sign(await importPKCS8(privateKey, 'RS256'));
  } catch {
    // The library's message may say something about the key, so it is dropped on purpose.
    throw new AppError('key_rejected', 'The private key of this service account cannot be read. Its owner should store the file again.');
  }
}

async function post(form: string, { provider }: Credential, deps: AuthoriseDeps): Promise<WholeAnswer> {
  const override = deps.baseUrls[provider.id];
  // An operator who moved the provider has its token endpoint there, too; the address in the key is never looked at.
  const url = override === undefined ? new URL(GOOGLE_TOKEN_URI) : new URL('/token', override);
  const asked = { method: 'POST' as const, url, body: form, headers: ['content-type', 'application/x-www-form-urlencoded'], providerId: provider.id, bulkhead: BULKHEAD };
  const answer = await askOnce(asked, () => new AppError('upstream_unreachable', 'Google gave no access token in time.'), deps);
  if (answer.kind === 'whole') return answer;
  answer.exchange.abort(notUnderstood());
  throw notUnderstood();
}

function tokenIn({ status, body }: WholeAnswer, askedAt: number): Token {
  if (status === 400 || status === 401 || status === 403) {
    throw new AppError('key_rejected', 'Google refused this service account. Its owner should see whether its key was revoked, and store a new one.');
  }
  if (status === 429) throw new AppError('rate_limited', 'Google is limiting this service account. Try again a little later.');
  const answer = status === 200 ? parse(body) : null;
  const { access_token: value, expires_in: seconds } = answer ?? {};
  // Anything else than a token's letters could end the header early.
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,8192}$/.test(value) || typeof seconds !== 'number' || !(seconds > 0)) throw notUnderstood();
  return { value, usableUntil: askedAt + Math.min(seconds, PROOF_SECONDS) * 1000 - SPARE_MS };
}

function parse(body: Buffer): { access_token?: unknown; expires_in?: unknown } | null {
  try {
    return JSON.parse(body.toString('utf8')) as { access_token?: unknown } | null;
  } catch {
    // The parser's message quotes the answer, which may hold a token.
    return null;
  }
}

function notUnderstood(): AppError {
  return new AppError('upstream_unreachable', 'Google gave no access token that can be used.');
}
