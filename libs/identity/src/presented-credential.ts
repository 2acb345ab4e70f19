import { AppError } from '@byok/kernel';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

// Where the SDKs of the three dialects put what they call their API key.
const KEY_HEADERS = ['x-api-key', 'api-key', 'x-goog-api-key'] as const;

/**
 * The one credential that a request presents, wherever its SDK puts it (`inQuery`: the values of a parameter that a gateway takes for one). The same one twice is fine, two different ones are not:
 * the check made on one must not be made good by the other.
 * @throws AppError unauthenticated | two_credentials
 */
export function presentedCredential(headers: Headers, inQuery: readonly string[] = []): string {
  const found = new Set([...inQuery.filter((value) => value !== ''), ...bearerTokens(headers['authorization']), ...KEY_HEADERS.flatMap((name) => values(headers[name]))]);
  if (found.size > 1) throw new AppError('two_credentials', 'The request carries two different credentials. Send one.');
  const [credential] = found;
  if (!credential) throw new AppError('unauthenticated', 'Send a token as "Authorization: Bearer byok_live_…".');
  return credential;
}

function bearerTokens(header: string | string[] | undefined): string[] {
  return values(header).map((value) => {
    const match = /^bearer +(\S+)$/i.exec(value);
    if (!match) throw new AppError('unauthenticated', 'The Authorization header must be "Bearer" and a token.');
    return match[1]!;
  });
}

function values(header: string | string[] | undefined): string[] {
  const list = Array.isArray(header) ? header : [header];
  return list.map((value) => value?.trim()).filter((value): value is string => value !== undefined && value !== '');
}
