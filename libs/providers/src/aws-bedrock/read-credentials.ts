import { AppError } from '@byok/kernel';
import { parseObject } from '../dialects/members.js';
import type { GivenSecret } from '../provider.js';

/** A long-term access key, or a temporary one with its session token. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** The parts of a key under the names in which we seal them. Linear-time. */
const PARTS = {
  access_key_id: { pattern: /^[A-Z0-9]{16,128}$/, format: 'AKIA… or ASIA…' },
  secret_access_key: { pattern: /^[A-Za-z0-9/+=]{16,128}$/, format: '40 letters, digits, slashes and pluses' },
  session_token: { pattern: /^[A-Za-z0-9/+=_-]{16,3500}$/, format: 'as AWS gave it, on one line' },
} as const;
type PartName = keyof typeof PARTS;
/** No part is longer, and no pattern sees more. */
const LONGEST_PART = 4096;
const PART_NAMES = Object.keys(PARTS) as PartName[];

/**
 * One string to seal: a Bedrock API key as it is, an access key as `{"access_key_id":…,"secret_access_key":…,"session_token":…}`. The
 * parts may come as JSON, as fields beside the secret, and under the names that AWS's own tools give them.
 * @throws AppError key_malformed
 */
export function readCredentials({ secret, config }: GivenSecret): GivenSecret {
  const text = secret.trim();
  const pasted = text.startsWith('{') ? fieldsIn(text) : {};
  const { parts, apiKey, rest } = sorted({ ...pasted, ...config });
  const key = apiKey ?? (text.startsWith('{') ? '' : secret);
  if (Object.keys(parts).length === 0) return { secret: asApiKey(key), config: rest };
  // Somebody gave the secret access key as the secret and its id beside it.
  const completed = key === '' || parts.secret_access_key !== undefined ? parts : { ...parts, secret_access_key: withoutSpaces(key) };
  if (completed === parts && key !== '') throw malformed('is both an API key and an access key. Give one of them');
  return { secret: sealed(completed), config: rest };
}

/** The access key in a sealed secret; null when it is an API key. */
export function credentialsIn(secret: string): AwsCredentials | null {
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, session_token: sessionToken } = (secret.startsWith('{') ? (parseObject(secret) ?? {}) : {}) as Partial<Record<PartName, string>>;
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function fieldsIn(text: string): Record<string, string> {
  const fields = parseObject(text);
  if (!fields || Object.values(fields).some((value) => typeof value !== 'string')) throw malformed('starts like a JSON object but is none of texts');
  return fields as Record<string, string>;
}

interface Sorted {
  parts: Partial<Record<PartName, string>>;
  apiKey: string | null;
  rest: Record<string, string>;
}

/** `AWS_SECRET_ACCESS_KEY`, `SecretAccessKey` and `secret_access_key` are the same; when temporary keys run out they say so themselves. */
function sorted(fields: Readonly<Record<string, string>>): Sorted {
  const found: Sorted = { parts: {}, apiKey: null, rest: {} };
  for (const [name, value] of Object.entries(fields)) {
    const plain = name.toLowerCase().replace(/[^a-z]/g, '').replace(/^aws/, '');
    const part = PART_NAMES.find((each) => each.replaceAll('_', '') === plain);
    if (part) found.parts[part] = withoutSpaces(value);
    else if (plain === 'apikey' || plain === 'bearertokenbedrock') found.apiKey = value;
    else if (plain === 'region' || plain === 'defaultregion') found.rest['region'] = value;
    else if (plain !== 'expiration') Object.defineProperty(found.rest, name, { value, enumerable: true });
  }
  for (const name of PART_NAMES) if (found.parts[name] === '') delete found.parts[name];
  return found;
}

/** Outer spaces alone: a line break inside a key is somebody's mistake that must be seen. */
function withoutSpaces(value: string): string {
  return value.length > LONGEST_PART ? value : value.replace(/^ +/, '').replace(/(?<! ) +$/, '');
}

function asApiKey(key: string): string {
  if (/^ *(?:A3T|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{13,16} *$/.test(key.slice(0, 64))) throw malformed('is the id of an access key without the rest. Give access_key_id and secret_access_key');
  if (/^ *[A-Za-z0-9/+]{40} *$/.test(key.slice(0, 64))) throw malformed('is a secret access key without its id. Give access_key_id and secret_access_key');
  return key;
}

function sealed(parts: Sorted['parts']): string {
  for (const name of PART_NAMES) {
    const value = parts[name];
    if (value === undefined && name !== 'session_token') throw malformed(`lacks its ${name}`);
    if (value !== undefined && (value.length > LONGEST_PART || !PARTS[name].pattern.test(value))) throw malformed(`has a ${name} that cannot be right: ${PARTS[name].format}`);
  }
  if (parts.access_key_id?.startsWith('ASIA') && parts.session_token === undefined) throw malformed('is a temporary one and lacks its session_token');
  // In this order whatever order they came in: the same key is the same secret.
  return JSON.stringify(Object.fromEntries(PART_NAMES.flatMap((name) => (parts[name] === undefined ? [] : [[name, parts[name]]]))));
}

function malformed(problem: string): AppError {
  return new AppError('key_malformed', `This AWS Bedrock key ${problem}.`, { details: { provider: 'aws-bedrock' } });
}
