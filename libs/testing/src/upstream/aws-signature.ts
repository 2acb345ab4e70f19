import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WitnessRow } from './witness.js';

const PARTS = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
const MUST_BE_SIGNED = ['host', 'x-amz-date'];

/** The secret of an access key, so that a test and the fake know the same without telling each other. */
export function awsSecretOf(accessKeyId: string): string {
  return createHash('sha256').update(accessKeyId).digest('base64').slice(0, 40);
}

export function accessKeyIdOf(authorization: string | undefined): string | null {
  return authorization === undefined ? null : (PARTS.exec(authorization)?.[1] ?? null);
}

/** What AWS would find wrong with a signed request, computed here from the specification of Signature Version 4, by no library. */
export function signatureProblem(row: WitnessRow, service: string): string | null {
  const [, accessKeyId, day, region, signedService, signedHeaders, signature] = PARTS.exec(row.headers['authorization'] ?? '') ?? [];
  if (!accessKeyId || !day || !region || !signedHeaders || !signature) return 'IncompleteSignatureException';
  const date = row.headers['x-amz-date'] ?? '';
  const names = signedHeaders.split(';');
  if (signedService !== service || !date.startsWith(day) || !MUST_BE_SIGNED.every((name) => names.includes(name))) return 'InvalidSignatureException: wrong scope';
  if (row.headers['x-amz-security-token'] !== undefined && !names.includes('x-amz-security-token')) return 'InvalidSignatureException: the session token is not signed';
  const [path = '/', query = ''] = row.path.split('?');
  const canonical = [
    row.method,
    path.split('/').map(encode).join('/'),
    query.split('&').sort().join('&'),
    ...names.map((name) => `${name}:${(row.headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    signedHeaders,
    row.headers['x-amz-content-sha256'] ?? hash(row.body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', date, `${day}/${region}/${service}/aws4_request`, hash(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>((secret, part) => sign(secret, part), `AWS4${awsSecretOf(accessKeyId)}`);
  const isSame = timingSafeEqual(Buffer.from(sign(key, toSign).toString('hex')), Buffer.from(signature));
  if (!isSame) return 'InvalidSignatureException: The request signature we calculated does not match the signature you provided.';
  const told = row.headers['x-amz-content-sha256'];
  return told === undefined || told === hash(row.body) || told === 'UNSIGNED-PAYLOAD' ? null : 'InvalidSignatureException: another body was signed';
}

/** The path as it went over the wire is encoded once more. */
function encode(segment: string): string {
  return encodeURIComponent(segment).replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function sign(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
