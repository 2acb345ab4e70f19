import { AppError } from '@byok/kernel';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { JWTPayload } from 'jose';

/** What an unverified JWT claims about itself: enough to know whom to ask, nothing to believe. */
export interface ReadJwt {
  issuer: string;
  audiences: string[];
  payload: JWTPayload;
  header: { typ?: unknown; alg?: unknown };
}

const MAX_LENGTH = 16 * 1024;

/** Undefined for what is no JWT with an issuer. */
export function readJwt(text: string): ReadJwt | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    const payload = decodeJwt(text);
    const audiences = [payload.aud ?? []].flat().filter((each) => typeof each === 'string');
    return typeof payload.iss === 'string' ? { issuer: payload.iss, audiences: audiences.slice(0, 20), payload, header: decodeProtectedHeader(text) } : undefined;
  } catch {
    return undefined;
  }
}

/** The same for every reason and every kind of JWT: reasons help only somebody who is trying some out. */
export function jwtRefused(): AppError {
  return new AppError('unauthenticated', 'The session is not valid or has ended. Sign in again.');
}
