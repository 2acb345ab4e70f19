import { AppError } from '@byok/kernel';
import { parseObject, textAt } from '../dialects/members.js';
import type { Found } from '../find-usage.js';
import type { GivenSecret } from '../provider.js';

/** Where Google exchanges what a service account signed for an access token. No key may name another place: it would be sent there. */
export const TOKEN_URI = 'https://oauth2.googleapis.com/token';

export interface ServiceAccount {
  clientEmail: string;
  /** PKCS #8 in PEM. */
  privateKey: string;
  privateKeyId: string | null;
}

const EMAIL = /^[A-Za-z0-9._-]{1,100}@[A-Za-z0-9.-]{1,200}$/;
const PRIVATE_KEY = /^-----BEGIN PRIVATE KEY-----\n(?:[A-Za-z0-9+/=]{1,76}\n)+-----END PRIVATE KEY-----\n?$/;
const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/**
 * The JSON file of a service account, as it was downloaded, as one line of what is needed of it; its project is the project of the key
 * when none was given.
 * @throws AppError key_malformed
 */
export function readServiceAccount({ secret, config }: GivenSecret): GivenSecret {
  const file = parseObject(secret);
  if (!file) throw malformed('is not the JSON file of a service account. Paste the whole file');
  const account = checked(file);
  const project = textAt(file, 'project_id') ?? '';
  return { secret: onOneLine(account), config: config['project'] || !PROJECT.test(project.slice(0, 64)) ? config : { ...config, project } };
}

/** The account in a sealed secret; null when it is none. */
export function serviceAccountIn(secret: string): ServiceAccount | null {
  const account = parseObject(secret);
  const clientEmail = account && textAt(account, 'client_email');
  const privateKey = account && textAt(account, 'private_key');
  return clientEmail && privateKey ? { clientEmail, privateKey, privateKeyId: textAt(account, 'private_key_id') } : null;
}

function checked(file: Found): Record<string, string> {
  if (file['type'] !== 'service_account') throw malformed(`must say "type": "service_account"; other credentials of Google's cannot be used here`);
  const email = textAt(file, 'client_email') ?? '';
  const privateKey = (textAt(file, 'private_key') ?? '').replaceAll('\r\n', '\n');
  const tokenUri = textAt(file, 'token_uri') ?? TOKEN_URI;
  const keyId = textAt(file, 'private_key_id');
  if (!EMAIL.test(email)) throw malformed('has no client_email');
  if (!PRIVATE_KEY.test(privateKey)) throw malformed('has no private_key in PEM, from BEGIN PRIVATE KEY to END PRIVATE KEY');
  if (tokenUri !== TOKEN_URI) throw malformed(`names a token_uri other than Google's`);
  if (keyId !== null && !/^[A-Za-z0-9]{1,100}$/.test(keyId)) throw malformed('has a private_key_id that cannot be right');
  return { type: 'service_account', client_email: email, private_key: privateKey, ...(keyId === null ? {} : { private_key_id: keyId }), token_uri: TOKEN_URI };
}

/** A sealed secret has no spaces, so the few inside the key's first and last line are escaped. */
function onOneLine(account: Record<string, string>): string {
  return JSON.stringify(account).replaceAll(' ', '\\u0020');
}

function malformed(problem: string): AppError {
  return new AppError('key_malformed', `This Google Vertex AI key ${problem}.`, { details: { provider: 'vertex-ai' } });
}
