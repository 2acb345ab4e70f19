import { jsonAnswer, type Answer } from './answer.js';
import { signatureProblem } from './aws-signature.js';
import type { GoogleTokens } from './google-tokens.js';
import type { WitnessRow } from './witness.js';

/** A key with "bad" after its prefix is refused, and the refusal quotes the key: providers do that, and it must never leave the gateway. */
const BAD_KEY = /^(?:[a-z]{1,5}[-_](?:[a-z0-9]+-)*|r8_|AIzaSy|AQ\.|ABSK)bad/;

/** The answer to a request without a good key, in the dialect it was asked in; undefined when the key is good. */
export function refuse(row: WitnessRow, tokens: GoogleTokens): Answer | undefined {
  const wire = wireOf(row);
  if (row.headers['authorization']?.startsWith('AWS4-')) {
    const problem = signatureProblem(row, 'bedrock');
    return problem === null ? undefined : errorAnswer(row, 403, problem, problem.split(':', 1)[0]);
  }
  if (wire === 'vertex' && !tokens.isGiven(row.key ?? '')) return errorAnswer(row, 401, 'Request had invalid authentication credentials.', 'UNAUTHENTICATED');
  if (row.key === null && row.provider === 'ollama') return undefined;
  if (row.key !== null && !BAD_KEY.test(row.key)) return undefined;
  const said = row.key === null ? 'You did not provide an API key.' : `Incorrect API key provided: ${row.key}. You can find your API key in your account.`;
  if (wire === 'gemini') return errorAnswer(row, 400, `API key not valid: ${row.key}`, 'INVALID_ARGUMENT', 'API_KEY_INVALID');
  return wire === 'bedrock' ? errorAnswer(row, 403, said, 'UnrecognizedClientException') : errorAnswer(row, 401, said, 'authentication_error', 'invalid_api_key');
}

export function notFound(row: WitnessRow): Answer {
  return errorAnswer(row, 404, `Unknown request URL: ${row.method} ${row.path}.`, 'not_found_error', 'unknown_url');
}

export function badRequest(row: WitnessRow, said: string, status = 400): Answer {
  return errorAnswer(row, status, said, 'invalid_request_error');
}

type Wire = 'openai' | 'anthropic' | 'gemini' | 'vertex' | 'bedrock' | 'cohere' | 'ollama' | 'replicate';

const WIRES: readonly [path: RegExp, wire: Wire][] = [
  [/\/publishers\//, 'vertex'],
  [/\/(?:v1beta|google\/v1)\/models(?:$|[/?])|:(?:generate|streamGenerate|batchEmbed)Contents?$|:(?:streamGenerateContent|countTokens)/, 'gemini'],
  [/\/model\/[^/]+\/converse/, 'bedrock'],
  [/\/v2\/(?:chat|embed)$|\/cohere\/.*\/chat$/, 'cohere'],
  [/\/api\/chat$/, 'ollama'],
  [/\/predictions(?:$|\/)|\/files\/fake/, 'replicate'],
];

function wireOf(row: WitnessRow): Wire {
  if ('anthropic-version' in row.headers) return 'anthropic';
  return WIRES.find(([path]) => path.test(row.path))?.[1] ?? 'openai';
}

/** An error as this provider would shape it; `kind` is its own name for it. */
function errorAnswer(row: WitnessRow, status: number, message: string, kind = 'invalid_request_error', code: string | null = null): Answer {
  const answer = (value: unknown, headers?: Record<string, string>) => ({ ...jsonAnswer(value, null, status), ...(headers ? { headers } : {}) }) as Answer;
  switch (wireOf(row)) {
    case 'anthropic':
      return answer({ type: 'error', error: { type: kind, message }, request_id: 'req_fake' });
    case 'gemini':
    case 'vertex':
      return answer({ error: { code: status, message, status: GOOGLE_STATUS[status] ?? kind, ...(code ? { details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code }] } : {}) } });
    case 'bedrock': {
      const name = /Exception$/.test(kind) ? kind : status === 404 ? 'ResourceNotFoundException' : 'ValidationException';
      return answer({ message }, { 'x-amzn-errortype': name });
    }
    case 'cohere':
      return answer({ id: 'req_fake', message });
    case 'ollama':
      return answer({ error: message });
    case 'replicate':
      return answer({ title: kind, detail: message, status });
    case 'openai':
      return answer({ error: { message, type: kind === 'not_found_error' || kind === 'authentication_error' ? 'invalid_request_error' : kind, param: null, code } });
  }
}

const GOOGLE_STATUS: Readonly<Record<number, string>> = { 400: 'INVALID_ARGUMENT', 401: 'UNAUTHENTICATED', 403: 'PERMISSION_DENIED', 404: 'NOT_FOUND', 429: 'RESOURCE_EXHAUSTED', 503: 'UNAVAILABLE' };
