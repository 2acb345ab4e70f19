import { AppError } from '@byok/kernel';
import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../auth/refresh-cookie.js';

export const CALLBACK_PATH = '/api/auth/oidc/callback';

/** Where providers send the browser back to. Never taken from a request's own words, but on loopback, where there is nobody else to deceive. */
export function redirectUri({ publicUrl }: { publicUrl?: string | undefined }, request: FastifyRequest): string {
  if (publicUrl !== undefined) return new URL(CALLBACK_PATH, publicUrl).href;
  if (isLoopback(request)) return new URL(CALLBACK_PATH, `http://${request.headers.host!}`).href;
  throw new AppError('service_unavailable', 'The operator has to set PUBLIC_ADMIN_URL before anybody can sign in by an identity provider.');
}
