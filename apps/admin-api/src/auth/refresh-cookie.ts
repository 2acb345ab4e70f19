import '@fastify/cookie';
import { SESSION_LIFETIME_MS } from '@byok/identity';
import type { FastifyReply, FastifyRequest } from 'fastify';

const NAME = 'byok_refresh';
const PATH = '/api/auth';
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

export function readRefreshCookie(request: FastifyRequest): string | undefined {
  return request.cookies[NAME];
}

/** Out of reach of scripts, sent to the auth routes of this very site only. */
export function setRefreshCookie(request: FastifyRequest, reply: FastifyReply, refreshToken: string): void {
  reply.setCookie(NAME, refreshToken, { ...attributes(request), maxAge: SESSION_LIFETIME_MS / 1000 });
}

export function clearRefreshCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(NAME, attributes(request));
}

/** Plain HTTP exists on loopback only (standalone), where some clients would not send a Secure cookie back. */
export function isLoopback(request: FastifyRequest): boolean {
  return LOOPBACK.test(request.headers.host ?? '');
}

function attributes(request: FastifyRequest): { path: string; httpOnly: true; sameSite: 'strict'; secure: boolean } {
  return { path: PATH, httpOnly: true, sameSite: 'strict', secure: !isLoopback(request) };
}
