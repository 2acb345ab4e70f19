import { presentedCredential } from '@byok/identity';
import type { CallRequest } from './caller.js';

const BEARER = 'Bearer ';

/**
 * The one credential of a request, whichever header its SDK uses, or `?key=` as Google's clients write it.
 * @throws AppError unauthenticated, two_credentials
 */
export function readCredential({ headers, url = '' }: Pick<CallRequest, 'headers' | 'url'>): string {
  const query = url.indexOf('?');
  if (query !== -1) return presentedCredential(headers, new URLSearchParams(url.slice(query)).getAll('key'));
  const authorization = headers.authorization;
  // The common case first: a bearer token and nothing else.
  if (authorization?.startsWith(BEARER) && headers['x-api-key'] === undefined && headers['x-goog-api-key'] === undefined && headers['api-key'] === undefined) {
    const token = authorization.slice(BEARER.length);
    if (token.length > 0 && !token.includes(' ')) return token;
  }
  return presentedCredential(headers);
}
