import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { AppError } from '@byok/kernel';
import { credentialsIn, type AwsCredentials } from '@byok/providers';
import { SignatureV4, clearCredentialCache } from '@smithy/signature-v4';
import type { Authorise, Credential, UnsignedRequest } from './authorise.js';

/** Signs each request with an access key, in AWS Signature Version 4; an API key goes along as it is. */
export function awsAuthoriser({ provider, secret, config }: Credential, service: string): Authorise {
  const region = config['region'] ?? provider.configFields.find((field) => field.name === 'region')?.default ?? '';
  return (request, { clock }) => {
    const key = secret.expose();
    const credentials = credentialsIn(key);
    if (credentials) return signed(request, { credentials, region, service, signingDate: new Date(clock.now()) });
    if (key.startsWith('{')) throw new AppError('key_unavailable', 'This key lacks a part. Store it again.');
    return ['authorization', `Bearer ${key}`];
  };
}

interface Signing {
  credentials: AwsCredentials;
  region: string;
  service: string;
  signingDate: Date;
}

/** What of the signed request is sent beside its own headers; the host is signed, too, and sent by whoever connects. */
const SENT = ['authorization', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'];

async function signed({ method, url, body }: UnsignedRequest, { credentials, region, service, signingDate }: Signing): Promise<string[]> {
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const unsigned = { method, protocol: url.protocol, hostname: url.hostname, path: url.pathname, query: Object.fromEntries(url.searchParams), headers: { host: url.host }, ...(body === null ? {} : { body }) };
  try {
    const { headers } = await signer.sign(unsigned, { signingDate });
    return SENT.flatMap((name) => (headers[name] === undefined ? [] : [name, headers[name]]));
  } finally {
    // The library would keep what it derives from a key for ever, and keys stay in this process for a minute at most.
    clearCredentialCache();
  }
}

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** Node's own SHA-256 in the form that the signer takes: a hash, or with a secret the code that authenticates. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: Bytes) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', asBytes(secret));
  }

  update(data: Bytes): void {
    this.#hash.update(asBytes(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  reset(): void {
    throw new Error('A hash is made anew for everything that is signed.');
  }
}

function asBytes(data: Bytes): Uint8Array | string {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}
