import '@fastify/cookie';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { SIGN_IN_LIFETIME_MS } from '@byok/identity';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback } from '../auth/refresh-cookie.js';

/** What one sign-in is recognised by. All of it follows from a secret that only the browser which began it has. */
export interface SignInProof {
  state: string;
  nonce: string;
  codeVerifier: string;
}

export function newBrowserSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function proofOf(browserSecret: string): SignInProof {
  const derived = (what: string): string => createHmac('sha256', browserSecret).update(what).digest('base64url');
  return { state: derived('state'), nonce: derived('nonce'), codeVerifier: derived('code-verifier') };
}

export function sameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Lax: it has to come along when the provider sends the browser back, and comes with nothing else from another site but links. */
export function setSecretCookie(request: FastifyRequest, reply: FastifyReply, browserSecret: string): void {
  reply.setCookie(nameFor(request), browserSecret, { ...attributes(request), maxAge: SIGN_IN_LIFETIME_MS / 1000 });
}

/** The secret of the sign-in under way, which ends with this. */
export function takeSecretCookie(request: FastifyRequest, reply: FastifyReply): string | undefined {
  reply.clearCookie(nameFor(request), attributes(request));
  return request.cookies[nameFor(request)];
}

/** The prefix keeps a page of a sister domain from planting a cookie of its own. */
function nameFor(request: FastifyRequest): string {
  return isLoopback(request) ? 'byok_sign_in' : '__Host-byok_sign_in';
}

function attributes(request: FastifyRequest): { path: string; httpOnly: true; sameSite: 'lax'; secure: boolean } {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: !isLoopback(request) };
}
