import { toAppError } from '@byok/kernel';

/** RFC 9457 problem details; `code` is the row of the error table. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  [field: string]: unknown;
}

/** Any thrown thing as an HTTP answer of the admin API. The cause never leaves; log it separately. */
export function problemOf(error: unknown, requestId: string): Problem {
  const known = toAppError(error);
  return {
    ...known.details,
    type: `urn:byok:error:${known.code}`,
    title: known.code.replaceAll('_', ' '),
    status: known.rule.http,
    detail: known.message,
    code: known.code,
    requestId,
  };
}
