import { readFile } from 'node:fs/promises';

import { AppError } from '@byok/kernel';
import type { Dialer } from '@byok/platform';
import { Agent, request } from 'undici';

import { faultOf, kmsError } from './kms-fault.js';
import type { KmsFault } from './kms-fault.js';

export interface TransitOptions {
  /** For one attempt; all of them together take twice as long at most. */
  timeoutMs: number;
  dialer: Pick<Dialer, 'connectorFor'>;
  /** A token, or the file that somebody keeps a fresh one in: it is read anew for every question. */
  token: { value: string } | { path: string };
  namespace?: string | undefined;
}

/** The `data` of an answer. */
export type TransitData = Record<string, unknown>;

const ATTEMPTS = 3;
const PAUSE_MS = 100;
const MAX_ANSWER_BYTES = 64 * 1024;
/** Vault says 400 both for bytes that it did not wrap and for what it will not unwrap any more. */
const REFUSAL = /disallowed by policy|not found|version/i;

/** Asks a Vault or OpenBao: retried while it is away, a sentence of its own never passed on. */
export function transitClient(kekUri: string, address: string, options: TransitOptions): (path: string, body?: object) => Promise<TransitData> {
  const { timeoutMs } = options;
  const agent = new Agent({ connect: options.dialer.connectorFor(new URL(address), 'operator'), connections: 16, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const once = async (path: string, body: object | undefined, signal: AbortSignal): Promise<TransitData> => {
    const headers = { 'x-vault-token': await readToken(kekUri, options.token), 'x-vault-request': 'true', ...(options.namespace ? { 'x-vault-namespace': options.namespace } : {}) };
    const answer = await request(address + path, { dispatcher: agent, signal, headers, method: body ? 'POST' : 'GET', ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await limited(answer.body);
    if (answer.statusCode === 200) return dataOf(kekUri, text);
    throw kmsError(faultIn(answer.statusCode, text), kekUri, `HTTP ${answer.statusCode}`);
  };
  return async (path, body) => {
    const signal = AbortSignal.timeout(2 * timeoutMs);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(path, body, signal);
      } catch (error) {
        const failure = error instanceof AppError ? error : kmsError('unreachable', kekUri, error instanceof Error ? ((error as { code?: string }).code ?? error.name) : 'unknown');
        if (attempt === ATTEMPTS || signal.aborted || faultOf(failure) !== 'unreachable') throw failure;
        await new Promise((resume) => setTimeout(resume, PAUSE_MS * 2 ** attempt));
      }
    }
  };
}

async function readToken(kekUri: string, token: TransitOptions['token']): Promise<string> {
  if ('value' in token) return token.value;
  try {
    return (await readFile(token.path, 'utf8')).trim();
  } catch {
    throw kmsError('refused', kekUri, 'the file that BYOK_TRANSIT_TOKEN_PATH names cannot be read');
  }
}

async function limited(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function faultIn(status: number, text: string): KmsFault {
  if (status === 400) return REFUSAL.test(text) ? 'refused' : 'invalid';
  // A redirect to the active node is not followed: it would carry the token to an address that nobody configured.
  return status === 429 || status >= 500 ? 'unreachable' : 'refused';
}

function dataOf(kekUri: string, text: string): TransitData {
  try {
    const { data } = JSON.parse(text) as { data?: TransitData };
    if (data && typeof data === 'object') return data;
  } catch {
    // JSON.parse quotes the text in its message, and the text may hold a seed
  }
  throw kmsError('wrong', kekUri, 'the answer is not as documented');
}
