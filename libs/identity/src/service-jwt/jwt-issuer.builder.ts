import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import type { FetchJson } from './key-sets.js';

export interface MintOptions {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  /** Signed with this key instead of the issuer's newest. */
  key?: CryptoKey;
}

/** An issuer in memory: its keys, JWTs that it signs, and the requests for its keys. */
export interface JwtIssuer {
  issuer: string;
  jwksUri: string;
  fetchJson: FetchJson;
  /** Addresses that were asked, in their order. */
  asked: string[];
  isDown: boolean;
  readonly publicKeys: JWK[];
  readonly publicKey: CryptoKey;
  mint(options?: MintOptions): Promise<string>;
  /** A new signing key; the old one stays published beside it. */
  rotate(alg?: string): Promise<void>;
}

export async function jwtIssuer(issuer: string, defaults: () => JWTPayload, alg = 'RS256'): Promise<JwtIssuer> {
  const published: JWK[] = [];
  let signing!: { kid: string; alg: string; privateKey: CryptoKey; publicKey: CryptoKey };
  const made: JwtIssuer = {
    issuer,
    jwksUri: `${issuer}/keys`,
    asked: [],
    isDown: false,
    get publicKeys() {
      return published;
    },
    get publicKey() {
      return signing.publicKey;
    },
    fetchJson: async (url) => {
      made.asked.push(url);
      if (made.isDown) throw new Error('down');
      if (url.endsWith('/.well-known/openid-configuration')) return { issuer, jwks_uri: made.jwksUri };
      return { keys: [...published] };
    },
    mint: ({ claims = {}, header = {}, key } = {}) => {
      const signer = new SignJWT({ ...defaults(), iss: issuer, ...claims });
      return signer.setProtectedHeader({ alg: signing.alg, kid: signing.kid, typ: 'at+jwt', ...header }).sign(key ?? signing.privateKey);
    },
    rotate: async (next = alg) => {
      const pair = await generateKeyPair(next, { extractable: true });
      signing = { kid: `key-${published.length + 1}`, alg: next, ...pair };
      published.push({ ...(await exportJWK(pair.publicKey)), kid: signing.kid, alg: next, use: 'sig' });
    },
  };
  await made.rotate();
  return made;
}
