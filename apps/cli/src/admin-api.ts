import { request } from 'undici';
import type { CliConfig } from './config.js';
import { Refused } from './refusals.js';

export interface AdminApi {
  /** @throws Refused with admin-api's own sentence */
  call<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T>;
}

const TIMEOUT_MS = 60_000;

export function openAdminApi({ BYOK_URL, BYOK_TOKEN }: CliConfig): AdminApi {
  return {
    call: async <T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T> => {
      const headers = { authorization: `Bearer ${BYOK_TOKEN}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
      const options = { method, headers, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const answer = await request(new URL(path, BYOK_URL), options).catch((error: Error) => {
        throw new Refused(`${BYOK_URL} does not answer: ${error.message}`);
      });
      const content = parse(await answer.body.text());
      if (answer.statusCode < 300) return content as T;
      throw new Refused((content as { detail?: string } | undefined)?.detail ?? `${BYOK_URL} answered ${answer.statusCode}.`);
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
