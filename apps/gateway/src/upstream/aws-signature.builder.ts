import { createHash, createHmac } from 'node:crypto';

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

export interface SentRequest {
  method: string;
  /** As it stands in the request line. */
  path: string;
  query: string;
  headers: Readonly<Record<string, string>>;
  body: string | Buffer;
}

/** What `Authorization` says. */
export function readAuthorization(authorization: string) {
  const [, id, scope, signedHeaders, signature] = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(authorization) ?? [];
  return { id, scope: scope ?? '', signedHeaders: signedHeaders?.split(';') ?? [], signature };
}

export function signingKey(secretAccessKey: string, date: string, region: string, service: string): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), 'aws4_request');
}

/** Signature Version 4 as its documentation describes it, step by step; nothing of the library that we sign with is used here. */
export function signatureOf(request: SentRequest, secretAccessKey: string): string {
  const { scope, signedHeaders } = readAuthorization(request.headers['authorization'] ?? '');
  const [date = '', region = '', service = ''] = scope.split('/');
  // Outside of S3 what stands in the path is encoded once more.
  const path = request.path.split('/').map((segment) => encodeURIComponent(segment)).join('/');
  const headers = signedHeaders.map((name) => `${name}:${request.headers[name]?.trim()}\n`).join('');
  const canonical = [request.method, path, request.query, headers, signedHeaders.join(';'), sha256(request.body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  return createHmac('sha256', signingKey(secretAccessKey, date, region, service)).update(toSign).digest('hex');
}
