import type { ServerResponse } from 'node:http';
import type { TestCertificates } from '../test-authority.js';
import { decrypt, encrypt, HeldKey, serveKms, type KmsServer } from './kms-server.js';

export interface TransitServerOptions {
  /** Whom it lets in; may change at any time. */
  token: () => string;
  /** The keys of the mount `transit`; each has versions and troubles of its own. */
  keys?: Record<string, HeldKey>;
  /** HTTPS that asks for a client certificate of the same authority. */
  certificates?: TestCertificates;
}

const PATH = /^\/v1\/transit\/(encrypt|decrypt|rewrap|keys)\/([\w-]+)$/;
/** As Go reads it: in its one spelling. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The Transit engine of HashiCorp Vault and OpenBao, with the key `byok` unless others are given. */
export function startTransit(options: TransitServerOptions): Promise<KmsServer> {
  const held = options.keys?.['byok'] ?? new HeldKey();
  const keys: Record<string, HeldKey> = options.keys ?? { byok: held };
  return serveKms(
    held,
    options.certificates,
    (request, body, reply) => {
      const [, verb = '', name = ''] = PATH.exec(request.url ?? '') ?? [];
      const key = keys[name];
      (key ?? held).count(verb);
      if (request.headers['x-vault-token'] !== options.token()) return refuse(reply, 403, 'permission denied');
      if (held.fault === 'throttled') return refuse(reply, 429, 'request path "transit" is throttled');
      if (held.fault === 'broken') return refuse(reply, 503, 'Vault is sealed');
      if (!key) return refuse(reply, verb === 'keys' ? 404 : 400, 'encryption key not found');
      try {
        say(reply, 200, { request_id: 'r', data: VERBS[verb]!(key, (body === '' ? {} : JSON.parse(body)) as Record<string, string>) });
      } catch (error) {
        refuse(reply, 400, (error as Error).message);
      }
    },
    options.certificates !== undefined,
  );
}

const VERBS: Record<string, (key: HeldKey, body: Record<string, string>) => object> = {
  keys: (key) => ({ name: 'byok', type: 'aes256-gcm96', latest_version: key.newest.number, min_decryption_version: 1, supports_encryption: true, supports_decryption: true }),
  encrypt: (key, body) => sealed(key, Buffer.from(body['plaintext'] ?? '', 'base64')),
  decrypt: (key, body) => ({ plaintext: key.fault === 'corrupt-answer' ? 17 : key.shown(opened(key, body['ciphertext'])).toString('base64') }),
  rewrap: (key, body) => sealed(key, opened(key, body['ciphertext'])),
};

function sealed(key: HeldKey, plaintext: Buffer): object {
  const { number, key: bytes } = key.newest;
  return { ciphertext: `vault:v${number}:${encrypt(bytes, plaintext, '').toString('base64')}`, key_version: number };
}

function opened(key: HeldKey, ciphertext: string | undefined): Buffer {
  const [, number, base64 = ''] = /^vault:v(\d+):(.*)$/s.exec(ciphertext ?? '') ?? [];
  if (!number || !BASE64.test(base64)) throw new Error('invalid ciphertext: could not decode base64');
  const version = key.versions[Number(number) - 1];
  if (!version) throw new Error('invalid ciphertext: version is too new');
  if (!version.isEnabled) throw new Error('ciphertext or signature version is disallowed by policy (too old)');
  const plaintext = decrypt(version.key, Buffer.from(base64, 'base64'), '');
  if (!plaintext) throw new Error('cipher: message authentication failed');
  return plaintext;
}

function refuse(reply: ServerResponse, status: number, error: string): void {
  say(reply, status, { errors: [error] });
}

function say(reply: ServerResponse, status: number, body: object): void {
  reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
