import type { ServerResponse } from 'node:http';
import { accessKeyIdOf, signatureProblem } from '../upstream/aws-signature.js';
import type { WitnessRow } from '../upstream/witness.js';
import { decrypt, encrypt, HeldKey, serveKms, type KeyVersion, type KmsServer } from './kms-server.js';

type Body = Record<string, string | Record<string, string> | undefined>;

const ACCOUNT = 'arn:aws:kms:eu-central-1:123456789012';
const ALIAS = 'alias/byok';

/** AWS KMS as `@aws-sdk/client-kms` meets it: JSON 1.1, signed requests. Every version is a key of its own, to which the alias `alias/byok` moves. */
export function startAwsKms(accessKeyId: string): Promise<KmsServer> {
  const held = new HeldKey();
  return serveKms(held, undefined, (request, body, reply) => {
    const operation = String(request.headers['x-amz-target']).replace('TrentService.', '');
    held.count(operation);
    const row = { method: request.method, path: request.url, headers: request.headers, body } as WitnessRow;
    if (accessKeyIdOf(request.headers.authorization) !== accessKeyId) return refuse(reply, 'UnrecognizedClientException');
    if (signatureProblem(row, 'kms')) return refuse(reply, 'InvalidSignatureException');
    if (held.fault === 'throttled') return refuse(reply, 'ThrottlingException');
    if (held.fault === 'broken') return refuse(reply, 'KMSInternalException', 500);
    try {
      say(reply, 200, OPERATIONS[operation]!(held, JSON.parse(body) as Body));
    } catch (error) {
      refuse(reply, (error as Error).message);
    }
  });
}

const OPERATIONS: Record<string, (held: HeldKey, body: Body) => object> = {
  DescribeKey: (held, body) => {
    const key = keyNamed(held, body['KeyId']);
    return { KeyMetadata: { KeyId: arnOf(key).split('/')[1], Arn: arnOf(key), Enabled: key.isEnabled, KeyState: key.isEnabled ? 'Enabled' : 'Disabled', KeyUsage: 'ENCRYPT_DECRYPT' } };
  },
  Encrypt: (held, body) => {
    const key = enabled(keyNamed(held, body['KeyId']));
    return { CiphertextBlob: sealed(key, bytesOf(body['Plaintext']), body['EncryptionContext']), KeyId: arnOf(key) };
  },
  Decrypt: (held, body) => {
    const { key, plaintext } = opened(held, body['CiphertextBlob'], body['KeyId'], body['EncryptionContext']);
    return { Plaintext: held.shown(plaintext).toString('base64'), KeyId: arnOf(key) };
  },
  ReEncrypt: (held, body) => {
    const { key: source, plaintext } = opened(held, body['CiphertextBlob'], body['SourceKeyId'], body['SourceEncryptionContext']);
    const key = enabled(keyNamed(held, body['DestinationKeyId']));
    return { CiphertextBlob: sealed(key, plaintext, body['DestinationEncryptionContext']), KeyId: arnOf(key), SourceKeyId: arnOf(source) };
  },
};

function sealed(key: KeyVersion, plaintext: Buffer, context: Body[string]): string {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(key.number);
  return Buffer.concat([header, encrypt(key.key, plaintext, aadOf(context))]).toString('base64');
}

function opened(held: HeldKey, blob: Body[string], keyId: Body[string], context: Body[string]): { key: KeyVersion; plaintext: Buffer } {
  const bytes = bytesOf(blob);
  const named = keyId === undefined ? undefined : keyNamed(held, keyId);
  const key = bytes.length > 4 ? held.versions[bytes.readUInt32BE(0) - 1] : undefined;
  if (!key) throw new Error('InvalidCiphertextException');
  if (named && named !== key) throw new Error('IncorrectKeyException');
  const plaintext = decrypt(enabled(key).key, bytes.subarray(4), aadOf(context));
  if (!plaintext) throw new Error('InvalidCiphertextException');
  return { key, plaintext };
}

function keyNamed(held: HeldKey, keyId: Body[string]): KeyVersion {
  const name = String(keyId);
  const key = name === ALIAS || name === `${ACCOUNT}:${ALIAS}` ? held.newest : held.versions.find((each) => arnOf(each) === name || arnOf(each).endsWith(`/${name}`));
  if (!key) throw new Error('NotFoundException');
  return key;
}

function enabled(key: KeyVersion): KeyVersion {
  if (!key.isEnabled) throw new Error('DisabledException');
  return key;
}

function arnOf(key: KeyVersion): string {
  return `${ACCOUNT}:key/00000000-0000-0000-0000-${String(key.number).padStart(12, '0')}`;
}

function aadOf(context: Body[string]): string {
  return JSON.stringify(Object.entries((context ?? {}) as Record<string, string>).sort());
}

function bytesOf(base64: Body[string]): Buffer {
  if (typeof base64 !== 'string' || base64 === '') throw new Error('ValidationException');
  return Buffer.from(base64, 'base64');
}

function refuse(reply: ServerResponse, type: string, status = 400): void {
  say(reply, status, { __type: type, message: `${type}: said by the stand-in` });
}

function say(reply: ServerResponse, status: number, body: object): void {
  reply.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
