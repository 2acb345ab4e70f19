import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { TestCertificates } from '../test-authority.js';
import { HeldKey, serveKms, type KmsServer } from './kms-server.js';

const PATH = /^\/keys\/byok(?:\/([0-9a-f]{32}))?(?:\/(wrapkey|unwrapkey))?\/?$/;
const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };

/** Azure Key Vault as `@azure/keyvault-keys` meets it: the key `byok`, RSA-2048, every version with an id that the wrapped bytes do not say. */
export function startAzureKms(certificates: TestCertificates, token: string): Promise<KmsServer> {
  const held = new HeldKey();
  const pairs = new Map<number, { id: string; publicKey: KeyObject; privateKey: KeyObject }>();
  const pairOf = (version: number) => {
    const pair = pairs.get(version) ?? { id: randomBytes(16).toString('hex'), ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
    pairs.set(version, pair);
    return pair;
  };
  return serveKms(held, certificates, (request, body, reply) => {
    const host = `https://${request.headers.host}`;
    if (request.headers.authorization !== `Bearer ${token}`) {
      if (request.headers.authorization) return void reply.writeHead(401, { 'content-type': 'application/json', 'www-authenticate': 'Bearer error="invalid_token", error_description="said by the stand-in"' }).end(JSON.stringify({ error: { code: 'Unauthorized' } }));
      reply.writeHead(401, { 'www-authenticate': 'Bearer authorization="https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000", resource="https://vault.azure.net"' }).end();
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? '', host);
    const [, id, operation = 'get'] = PATH.exec(pathname) ?? [];
    held.count(operation);
    if (held.fault === 'throttled') return refuse(reply, 429, 'Throttled');
    if (held.fault === 'broken') return refuse(reply, 500, 'InternalServerError');
    if (!PATH.test(pathname) || !searchParams.has('api-version')) return refuse(reply, 404, 'KeyNotFound');
    const version = id === undefined ? held.newest : held.versions.find((each) => pairOf(each.number).id === id);
    if (!version) return refuse(reply, 404, 'KeyNotFound');
    const pair = pairOf(version.number);
    const kid = `${host}/keys/byok/${pair.id}`;
    if (operation === 'get') return say(reply, 200, { key: { ...pair.publicKey.export({ format: 'jwk' }), kid, key_ops: ['wrapKey', 'unwrapKey'] }, attributes: { enabled: version.isEnabled } });
    if (!version.isEnabled) return refuse(reply, 403, 'Forbidden');
    const { alg, value } = JSON.parse(body) as { alg: string; value: string };
    if (alg !== 'RSA-OAEP-256') return refuse(reply, 400, 'BadParameter');
    try {
      const bytes = Buffer.from(value, 'base64url');
      const result = operation === 'wrapkey' ? publicEncrypt({ key: pair.publicKey, ...OAEP }, bytes) : held.shown(privateDecrypt({ key: pair.privateKey, ...OAEP }, bytes));
      // The fault that E23 names: another version did the work than the one that was asked.
      say(reply, 200, { kid: held.fault === 'corrupt-answer' ? `${host}/keys/byok/${'0'.repeat(32)}` : kid, value: result.toString('base64url') });
    } catch {
      refuse(reply, 400, 'BadParameter');
    }
  });
}

function refuse(reply: ServerResponse, status: number, code: string): void {
  say(reply, status, { error: { code, message: `${code}: said by the stand-in` } });
}

function say(reply: ServerResponse, status: number, body: object): void {
  reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
