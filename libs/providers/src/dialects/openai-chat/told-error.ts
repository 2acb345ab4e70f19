import type { Found } from '../../find-usage.js';
import { parseErrorBody } from '../../parse-error-body.js';

/** An error where an answer or a piece of one should be; null when it is none. The message may quote the key. */
export function toldError(body: Found): { code: string | null; message: string } | null {
  if (!isError(body)) return null;
  const { codes, message } = parseErrorBody(JSON.stringify(body));
  return { code: codes.find((code) => code !== 'error' && code !== 'null') ?? null, message: message ?? 'The provider gave no reason.' };
}

function isError(body: Found): boolean {
  if (body['error'] || body['object'] === 'error' || body['type'] === 'error') return true;
  if (Array.isArray(body['choices'])) return false;
  return body['success'] === false || typeof body['message'] === 'string' || typeof body['detail'] === 'string' || Array.isArray(body['detail']);
}
