import type { KMS, KMSClientConfig } from '@aws-sdk/client-kms';
import type { Kms, WrapContext } from '@byok/envelope';
import { AppError } from '@byok/kernel';

import { kmsError, lazily, takeBytes } from './kms-fault.js';
import type { KmsFault } from './kms-fault.js';

export interface AwsKmsOptions {
  /** For one question, with its retries bounded by the guard. */
  timeoutMs: number;
  /** Where something else than AWS's own address and identity is wanted. */
  client?: Pick<KMSClientConfig, 'endpoint' | 'credentials' | 'region'>;
}

const INVALID = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);
const REFUSED = /^(NotFound|Disabled|KMSInvalidState|InvalidKeyUsage|InvalidArn|AccessDenied|Validation|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|IncompleteSignature|MissingAuthenticationToken|ExpiredToken|CredentialsProviderError)/;

/** `awskms:<key ARN or alias>`. Identity comes from where AWS's own library finds it, a workload identity above all. The version is the ARN of the key. */
export function awsKms(uri: string, options: AwsKmsOptions): Kms {
  const keyId = uri.slice('awskms:'.length);
  const region = /^arn:[^:]+:kms:([^:]+):/.exec(keyId)?.[1];
  const client = lazily(async () => {
    const sdk = await import('@aws-sdk/client-kms');
    const requestHandler = { connectionTimeout: options.timeoutMs, requestTimeout: options.timeoutMs, throwOnRequestTimeout: true };
    return new sdk.KMS({ ...(region ? { region } : {}), maxAttempts: 3, requestHandler, ...options.client });
  });
  const ask = async <T>(question: (kms: KMS) => Promise<T>): Promise<T> => {
    try {
      return await question(await client());
    } catch (error) {
      throw asKmsError(uri, error);
    }
  };
  const incomplete = (what: string): AppError => kmsError('wrong', uri, `the answer lacks ${what}`);

  return {
    uri,
    status: () => ask(async (kms) => {
      const { KeyMetadata: key } = await kms.describeKey({ KeyId: keyId });
      if (!key?.Arn) throw incomplete('the key');
      return { healthy: key.Enabled === true, kekVersion: key.Arn };
    }),
    wrap: (seed, context) => ask(async (kms) => {
      const answer = await kms.encrypt({ KeyId: keyId, Plaintext: seed, EncryptionContext: contextOf(context) });
      if (!answer.CiphertextBlob || !answer.KeyId) throw incomplete('the ciphertext');
      return { bytes: Buffer.from(answer.CiphertextBlob), kekVersion: answer.KeyId };
    }),
    unwrap: (wrapped, context) => ask(async (kms) => {
      if (wrapped.bytes.length === 0) throw kmsError('invalid', uri, 'nothing to unwrap');
      const answer = await kms.decrypt({ KeyId: wrapped.kekVersion, CiphertextBlob: wrapped.bytes, EncryptionContext: contextOf(context) });
      if (!answer.Plaintext) throw incomplete('the plaintext');
      const seed = takeBytes(answer.Plaintext);
      if (answer.KeyId !== wrapped.kekVersion) throw kmsError('wrong', uri, 'another key answered');
      return seed;
    }),
    rewrap: (wrapped, context) => ask(async (kms) => {
      const encryptionContext = contextOf(context);
      const answer = await kms.reEncrypt({ CiphertextBlob: wrapped.bytes, SourceKeyId: wrapped.kekVersion, SourceEncryptionContext: encryptionContext, DestinationKeyId: keyId, DestinationEncryptionContext: encryptionContext });
      if (!answer.CiphertextBlob || !answer.KeyId) throw incomplete('the ciphertext');
      return { bytes: Buffer.from(answer.CiphertextBlob), kekVersion: answer.KeyId };
    }),
  };
}

/** Shows in CloudTrail, and a key policy can insist on it: `kms:EncryptionContext:orgId`. */
function contextOf(context: WrapContext): Record<string, string> {
  const { deploymentId, orgId, dekId, dekVersion, kekScope } = context;
  return { deploymentId, orgId, dekId, dekVersion: String(dekVersion), kekScope };
}

function asKmsError(uri: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const name = error instanceof Error ? error.name : 'unknown';
  const fault: KmsFault = INVALID.has(name) ? 'invalid' : REFUSED.test(name) ? 'refused' : 'unreachable';
  return kmsError(fault, uri, name);
}
