import type { Readable } from 'node:stream';
import { request } from 'undici';
import type { CliConfig } from './config.js';
import { Refused } from './refusals.js';

export interface AdminApi {
  /** @throws Refused with admin-api's own sentence */
  call<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T>;
  /** An answer of any length as it comes. @throws Refused */
  download(path: string): Promise<Readable>;
  /** By the clock over there, to the second. */
  serverTime(): Promise<Date>;
}

const TIMEOUT_MS = 60_000;

export function openAdminApi({ BYOK_URL, BYOK_TOKEN }: CliConfig): AdminApi {
  const ask = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${BYOK_TOKEN}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const options = { method, headers, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return request(new URL(path, BYOK_URL), options).catch((error: Error) => {
      throw new Refused(`${BYOK_URL} does not answer: ${error.message}`);
    });
  };
  return {
    serverTime: async () => {
      const answer = await ask('GET', '/healthz');
      await answer.body.dump();
      return new Date(String(answer.headers.date));
    },
    call: async <T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T> => {
      const answer = await ask(method, path, body);
      if (answer.statusCode >= 300) throw await refusal(answer);
      return parse(await answer.body.text()) as T;
    },
    download: async (path) => {
      const answer = await ask('GET', path);
      if (answer.statusCode >= 300) throw await refusal(answer);
      return answer.body;
    },
  };

  async function refusal({ statusCode, body }: { statusCode: number; body: { text(): Promise<string> } }): Promise<Refused> {
    const problem = parse(await body.text()) as { detail?: string } | undefined;
    return new Refused(problem?.detail ?? `${BYOK_URL} answered ${statusCode}.`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
