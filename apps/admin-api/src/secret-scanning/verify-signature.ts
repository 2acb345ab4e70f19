import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '@byok/kernel';

const MOST_APART_S = 300;
const MOST_SIGNATURES = 10;

export interface Signed {
  /** `t=<seconds since 1970>,v1=<hex>`; several v1 while the sender changes its secret. */
  header: string | undefined;
  /** The body as it came, byte by byte: what was parsed from it may have been written in many ways. */
  rawBody: string;
}

/**
 * Whoever sent this knows one of the secrets, and sent it now.
 * @throws AppError service_unavailable (no secret: nothing is ever verified with an empty one) | invalid_request | unauthenticated
 */
export function verifySignature(secrets: readonly string[], { header, rawBody }: Signed, nowMs: number): void {
  if (secrets.length === 0 || secrets.some((secret) => secret === '')) throw new AppError('service_unavailable', 'Reports of found secrets are not set up here (SECRET_SCANNING_SECRETS).');
  const { time, signatures } = readHeader(header);
  if (Math.abs(nowMs / 1000 - time) > MOST_APART_S) throw new AppError('invalid_request', `The signature is more than ${MOST_APART_S} seconds old, or from the future.`);
  const expected = secrets.map((secret) => createHmac('sha256', secret).update(`${time}.${rawBody}`).digest());
  const fits = signatures.some((signature) => expected.some((each) => each.length === signature.length && timingSafeEqual(each, signature)));
  if (!fits) throw new AppError('unauthenticated', 'The signature does not fit the body.');
}

function readHeader(header: string | undefined): { time: number; signatures: Buffer[] } {
  const parts = (header ?? '').split(',').map((part) => part.trim());
  const [, seconds] = parts.flatMap((part) => /^t=(\d{1,12})$/.exec(part) ?? []);
  const signatures = parts.flatMap((part) => /^v1=([0-9a-f]{64})$/.exec(part)?.[1] ?? []).slice(0, MOST_SIGNATURES);
  if (seconds === undefined || signatures.length === 0) throw new AppError('unauthenticated', 'Sign the report: x-byok-signature: t=<seconds>,v1=<hex HMAC-SHA-256 of "<seconds>.<body>">.');
  return { time: Number(seconds), signatures: signatures.map((hex) => Buffer.from(hex, 'hex')) };
}
