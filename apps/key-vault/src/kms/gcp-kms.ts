import type { KeyManagementServiceClient } from '@google-cloud/kms';
import { lengthPrefixed } from '@byok/envelope';
import type { Kms, WrapContext } from '@byok/envelope';
import { AppError } from '@byok/kernel';

import { crc32c } from './crc32c.js';
import { kmsError, lazily, takeBytes } from './kms-fault.js';
import type { KmsFault } from './kms-fault.js';

type ClientOptions = NonNullable<ConstructorParameters<typeof KeyManagementServiceClient>[0]>;

export interface GcpKmsOptions {
  timeoutMs: number;
  client?: Pick<ClientOptions, 'apiEndpoint' | 'port' | 'sslCreds'>;
}

/** A checksum as protobuf's wrapper of it arrives. */
type Checksum = { value?: unknown } | null | undefined;

const INVALID_ARGUMENT = 3;
/** NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION (a version that is not enabled), UNAUTHENTICATED. */
const REFUSED = new Set([5, 7, 9, 16]);
const RETRIED = [4, 8, 13, 14];

/** `gcpkms:projects/…/cryptoKeys/<key>`. Identity is Google's default one. The version is the name of the cryptoKeyVersion. */
export function gcpKms(uri: string, options: GcpKmsOptions): Kms {
  const name = uri.slice('gcpkms:'.length);
  const client = lazily(async () => {
    const { default: sdk } = await import('@google-cloud/kms');
    return new sdk.KeyManagementServiceClient({ ...options.client });
  });
  const call = callOptions(options.timeoutMs);
  const ask = async <T>(question: (kms: KeyManagementServiceClient) => Promise<T>, onBadArgument: KmsFault = 'refused'): Promise<T> => {
    try {
      return await question(await client());
    } catch (error) {
      throw asKmsError(uri, error, onBadArgument);
    }
  };
  const mustMatch = (bytes: Uint8Array, checksum: Checksum): void => {
    if (Number(checksum?.value) !== crc32c(bytes)) throw kmsError('wrong', uri, 'the checksum of the answer does not match');
  };

  return {
    uri,
    status: () => ask(async (kms) => {
      const [key] = await kms.getCryptoKey({ name }, call);
      if (!key.primary?.name) throw kmsError('refused', uri, 'the key has no primary version');
      return { healthy: key.primary.state === 'ENABLED', kekVersion: key.primary.name };
    }),
    wrap: (seed, context) => ask(async (kms) => {
      const additionalAuthenticatedData = aadOf(context);
      const [answer] = await kms.encrypt({ name, plaintext: seed, plaintextCrc32c: { value: crc32c(seed) }, additionalAuthenticatedData, additionalAuthenticatedDataCrc32c: { value: crc32c(additionalAuthenticatedData) } }, call);
      if (!answer.verifiedPlaintextCrc32c || !answer.verifiedAdditionalAuthenticatedDataCrc32c) throw kmsError('wrong', uri, 'the KMS did not check what it received');
      const bytes = Buffer.from(answer.ciphertext as Uint8Array);
      mustMatch(bytes, answer.ciphertextCrc32c);
      return { bytes, kekVersion: answer.name ?? '' };
    }),
    unwrap: (wrapped, context) => ask(async (kms) => {
      if (!wrapped.kekVersion.startsWith(`${name}/cryptoKeyVersions/`)) throw kmsError('refused', uri, 'it was wrapped under another key');
      const additionalAuthenticatedData = aadOf(context);
      const [answer] = await kms.decrypt({ name, ciphertext: wrapped.bytes, ciphertextCrc32c: { value: crc32c(wrapped.bytes) }, additionalAuthenticatedData, additionalAuthenticatedDataCrc32c: { value: crc32c(additionalAuthenticatedData) } }, call);
      const seed = takeBytes(answer.plaintext as Uint8Array);
      mustMatch(seed, answer.plaintextCrc32c);
      return seed;
    }, 'invalid'),
  };
}

/** Two retries with growing pauses. */
function callOptions(timeoutMs: number) {
  const backoffSettings = { initialRetryDelayMillis: 100, retryDelayMultiplier: 2, maxRetryDelayMillis: 500, initialRpcTimeoutMillis: timeoutMs, rpcTimeoutMultiplier: 1, maxRpcTimeoutMillis: timeoutMs, maxRetries: 2 };
  return { timeout: timeoutMs, retry: { retryCodes: RETRIED, backoffSettings } };
}

function aadOf(context: WrapContext): Buffer {
  return lengthPrefixed('byok/wrap/v1', context.deploymentId, context.orgId, context.dekId, context.dekVersion, context.kekScope);
}

function asKmsError(uri: string, error: unknown, onBadArgument: KmsFault): AppError {
  if (error instanceof AppError) return error;
  const code = (error as { code?: unknown }).code;
  const fault = code === INVALID_ARGUMENT ? onBadArgument : REFUSED.has(Number(code)) ? 'refused' : 'unreachable';
  return kmsError(fault, uri, `gRPC code ${String(code ?? 'unknown')}`);
}
