import { createPublicKey, generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import { jsonAnswer, type Answer } from './answer.js';
import { Refused, refuseUnless, type Fields } from './check-shape.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const AUDIENCE = 'https://oauth2.googleapis.com/token';
const LONGEST_SECONDS = 3600;

/** Google's token endpoint: it knows the service accounts that it made, checks what they sign, and remembers the tokens it gave. */
export class GoogleTokens {
  readonly #accounts = new Map<string, KeyObject>();
  readonly #given = new Set<string>();

  /** The JSON of a new service account, as the console would give it to download. */
  makeAccount(name: string): string {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const email = `${name}@project-one.iam.gserviceaccount.com`;
    this.#accounts.set(email, createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })));
    return JSON.stringify({
      type: 'service_account',
      project_id: 'project-one',
      private_key_id: '0123456789abcdef0123456789abcdef01234567',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: email,
      client_id: '100000000000000000000',
      token_uri: AUDIENCE,
    });
  }

  exchange(form: string, id: string): Answer {
    const fields = new URLSearchParams(form);
    refuseUnless(fields.get('grant_type') === GRANT, 'unsupported_grant_type');
    const claims = this.#verified(fields.get('assertion') ?? '');
    const token = `ya29.${String(claims['iss']).split('@', 1)[0]}.${id}`;
    this.#given.add(token);
    return jsonAnswer({ access_token: token, expires_in: LONGEST_SECONDS - 1, token_type: 'Bearer' });
  }

  isGiven(token: string): boolean {
    return this.#given.has(token);
  }

  #verified(assertion: string): Fields {
    const [head, payload, signature, ...rest] = assertion.split('.');
    if (!head || !payload || !signature || rest.length > 0) throw new Refused('invalid_grant: not a JWT');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Fields;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Fields;
    const key = this.#accounts.get(String(claims['iss']));
    refuseUnless(key, 'invalid_grant: account not found');
    refuseUnless(header['alg'] === 'RS256' && verify('sha256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url')), 'invalid_grant: Invalid JWT Signature.');
    refuseUnless(claims['scope'] === SCOPE && claims['aud'] === AUDIENCE, 'invalid_grant: wrong scope or audience');
    const [issuedAt, expiresAt, now] = [Number(claims['iat']), Number(claims['exp']), Date.now() / 1000];
    refuseUnless(issuedAt <= now + 60 && expiresAt > now && expiresAt - issuedAt <= LONGEST_SECONDS, 'invalid_grant: Invalid JWT: iat and exp must be a reasonable timeframe');
    return claims;
  }
}
