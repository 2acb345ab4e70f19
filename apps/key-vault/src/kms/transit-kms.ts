import type { Kms, WrappedSeed } from '@byok/envelope';

import { kmsError } from './kms-fault.js';
import { transitClient } from './transit-client.js';
import type { TransitOptions } from './transit-client.js';

const PARTS = /^(https?:\/\/[^/]+)\/(.+)\/([^/]+)$/;
const CIPHERTEXT = /^(vault:v[1-9]\d*):([A-Za-z0-9+/]+={0,2})$/;

/**
 * `vault-transit:<address>/<mount>/<key>`, of HashiCorp Vault or OpenBao. The version is the prefix of the ciphertext,
 * `vault:v<n>`. No associated_data goes along: `rewrap` could not carry it, and the org is bound in the DEK's derivation.
 */
export function transitKms(uri: string, options: TransitOptions): Kms {
  const [, address = '', mount = '', key = ''] = PARTS.exec(uri.slice('vault-transit:'.length)) ?? [];
  const client = transitClient(uri, address, options);
  const ask = (verb: string, body?: object) => client(`/v1/${mount}/${verb}/${key}`, body);
  const sealedBy = async (verb: string, body: object): Promise<WrappedSeed> => {
    const { ciphertext } = await ask(verb, body);
    const kekVersion = CIPHERTEXT.exec(String(ciphertext))?.[1];
    if (!kekVersion) throw kmsError('wrong', uri, 'the answer is no ciphertext');
    return { bytes: Buffer.from(String(ciphertext), 'latin1'), kekVersion };
  };

  return {
    uri,
    status: async () => {
      const { latest_version: version, supports_encryption: isForEncryption } = await ask('keys');
      if (typeof version !== 'number') throw kmsError('wrong', uri, 'the answer lacks the version');
      return { healthy: isForEncryption !== false, kekVersion: `vault:v${version}` };
    },
    wrap: (seed) => sealedBy('encrypt', { plaintext: seed.toString('base64') }),
    unwrap: async (wrapped) => {
      const { plaintext } = await ask('decrypt', { ciphertext: ciphertextOf(uri, wrapped) });
      if (typeof plaintext !== 'string') throw kmsError('wrong', uri, 'the answer lacks the plaintext');
      return Buffer.from(plaintext, 'base64');
    },
    rewrap: (wrapped) => sealedBy('rewrap', { ciphertext: ciphertextOf(uri, wrapped) }),
  };
}

/** The ciphertext in the one spelling that Vault gave it: base64 has others that decode alike. */
function ciphertextOf(uri: string, wrapped: WrappedSeed): string {
  const text = wrapped.bytes.toString('latin1');
  const [, version, base64 = ''] = CIPHERTEXT.exec(text) ?? [];
  if (!/^vault:v\d+$/.test(wrapped.kekVersion)) throw kmsError('refused', uri, 'it was wrapped under another key');
  if (version !== wrapped.kekVersion || Buffer.from(base64, 'base64').toString('base64') !== base64) throw kmsError('invalid', uri, 'no ciphertext of this version');
  return text;
}
