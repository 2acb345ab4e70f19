import type { TokenCredential } from '@azure/identity';
import type { KeyClientOptions, UnwrapKeyOptions } from '@azure/keyvault-keys';
import type { Kms } from '@byok/envelope';
import { AppError } from '@byok/kernel';

import { kmsError, lazily, takeBytes } from './kms-fault.js';
import type { KmsFault } from './kms-fault.js';

export interface AzureKmsOptions {
  timeoutMs: number;
  credential?: TokenCredential;
  client?: Pick<KeyClientOptions, 'disableChallengeResourceVerification' | 'tlsOptions'>;
}

const ALGORITHM = 'RSA-OAEP-256';
/** Key Vault does not say when to come back after a 429, and the library retries only when told. */
const SAY_WHEN: NonNullable<KeyClientOptions['additionalPolicies']>[number]['policy'] = {
  name: 'say-when',
  sendRequest: async (request, next) => {
    const response = await next(request);
    if (response.status === 429 && !response.headers.has('retry-after')) response.headers.set('retry-after-ms', '200');
    return response;
  },
};
const KEY_URL = /^(https:\/\/[^/]+)\/keys\/([^/]+)(?:\/([0-9a-z]+))?$/;

/**
 * `azurekv:<key URL>`, with a version or for the newest one. Identity is Azure's default chain, a managed identity above
 * all. What is wrapped does not say by which version, so the version's URL is kept beside it.
 */
export function azureKms(uri: string, options: AzureKmsOptions): Kms {
  const [, vaultUrl = '', name = '', pinned] = KEY_URL.exec(uri.slice('azurekv:'.length)) ?? [];
  const keyUrl = `${vaultUrl}/keys/${name}`;
  const azure = lazily(async () => {
    const sdk = await import('@azure/keyvault-keys');
    const credential = options.credential ?? new (await import('@azure/identity')).DefaultAzureCredential();
    const settings: KeyClientOptions = { retryOptions: { maxRetries: 2, retryDelayInMs: 100, maxRetryDelayInMs: 500 }, additionalPolicies: [{ policy: SAY_WHEN, position: 'perRetry' }], ...options.client };
    const clients = new Map<string, InstanceType<typeof sdk.CryptographyClient>>();
    const cryptographyAt = (version: string): InstanceType<typeof sdk.CryptographyClient> => {
      const known = clients.get(version) ?? new sdk.CryptographyClient(version, credential, settings);
      clients.set(version, known);
      return known;
    };
    return { keys: new sdk.KeyClient(vaultUrl, credential, settings), cryptographyAt };
  });
  const ask = async <T>(question: (parts: Awaited<ReturnType<typeof azure>>, within: { abortSignal: AbortSignal }) => Promise<T>, onBadRequest: KmsFault = 'refused'): Promise<T> => {
    try {
      return await question(await azure(), { abortSignal: AbortSignal.timeout(2 * options.timeoutMs) });
    } catch (error) {
      throw asKmsError(uri, error, onBadRequest);
    }
  };
  const current = () => ask(async ({ keys }, within) => {
    const key = await keys.getKey(name, { ...(pinned ? { version: pinned } : {}), ...within });
    if (!key.id?.startsWith(`${keyUrl}/`)) throw kmsError('wrong', uri, 'another key answered');
    return { healthy: key.properties.enabled === true, kekVersion: key.id };
  });
  /** The library tells which version it asked, not which one answered: that stands in the answer alone. */
  const byVersion = async <T>(kekVersion: string, act: (options: Pick<UnwrapKeyOptions, 'onResponse'>) => Promise<T>): Promise<T> => {
    let answeredBy: unknown;
    const answer = await act({ onResponse: (response) => (answeredBy = (response.parsedBody as { kid?: unknown } | undefined)?.kid) });
    if (answeredBy !== kekVersion) throw kmsError('wrong', uri, 'another version of the key answered');
    return answer;
  };

  return {
    uri,
    status: current,
    wrap: async (seed) => {
      const { kekVersion } = await current();
      return ask(async ({ cryptographyAt }, within) => {
        const { result } = await byVersion(kekVersion, (options) => cryptographyAt(kekVersion).wrapKey(ALGORITHM, seed, { ...within, ...options }));
        return { bytes: Buffer.from(result), kekVersion };
      });
    },
    unwrap: (wrapped) => ask(async ({ cryptographyAt }, within) => {
      if (!wrapped.kekVersion.startsWith(`${keyUrl}/`)) throw kmsError('refused', uri, 'it was wrapped under another key');
      const { result } = await byVersion(wrapped.kekVersion, (options) => cryptographyAt(wrapped.kekVersion).unwrapKey(ALGORITHM, wrapped.bytes, { ...within, ...options }));
      return takeBytes(result);
    }, 'invalid'),
  };
}

function asKmsError(uri: string, error: unknown, onBadRequest: KmsFault): AppError {
  if (error instanceof AppError) return error;
  const { statusCode, name } = error as { statusCode?: number; name?: string };
  const isRefused = [401, 403, 404, 409].includes(statusCode ?? 0) || /^(CredentialUnavailable|Authentication)/.test(name ?? '');
  const fault = statusCode === 400 ? onBadRequest : isRefused ? 'refused' : 'unreachable';
  return kmsError(fault, uri, statusCode ? `HTTP ${statusCode}` : (name ?? 'unknown'));
}
