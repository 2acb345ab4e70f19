import type { Kms, Random } from '@byok/envelope';
import type { Clock } from '@byok/kernel';
import { StartRefused } from '@byok/platform';

import { customerKeks } from './customer-keks.js';
import { envKms } from './env-kms.js';
import type { KekVariables } from './env-kms.js';
import { kmsSet } from './kms-set.js';
import type { KmsSet, KmsSetParts } from './kms-set.js';
import { localKms } from './local-kms.js';
import { REMOTE_FORMS, remoteKms } from './remote-kms.js';
import type { RemoteKmsSettings } from './remote-kms.js';

export interface KmsVariables extends KekVariables {
  BYOK_KEK: string;
  BYOK_KEK_OLD?: string | undefined;
  BYOK_PLATFORM_KEK?: string | undefined;
  BYOK_ORG_KEKS?: string | undefined;
  BYOK_KMS_TIMEOUT_MS: number;
  BYOK_TRANSIT_TOKEN?: string | undefined;
  BYOK_TRANSIT_TOKEN_PATH?: string | undefined;
  BYOK_TRANSIT_NAMESPACE?: string | undefined;
  BYOK_TRANSIT_CA?: string | undefined;
  BYOK_TRANSIT_CERT?: string | undefined;
  BYOK_TRANSIT_KEY?: string | undefined;
}

export interface KmsDeps {
  random: Random;
  clock: Clock;
  ownKekUri?: KmsSetParts['ownKekUri'];
}

/** Every KMS that the operator configured. Nothing is generated when one is missing: a made-up KEK would lose every key at the next start. */
export function chooseKms(variables: KmsVariables, deps: KmsDeps): KmsSet {
  const settings = { clock: deps.clock, timeoutMs: variables.BYOK_KMS_TIMEOUT_MS, ...transitSettings(variables) };
  const made = new Map<string, Kms>();
  const kmsAt = (uri: string, variable: string): Kms => {
    const kms = made.get(uri) ?? makeKms(uri, variable, variables, deps.random, settings);
    // A seed remembers the KMS's name alone, and two keyring files have the same one.
    if (!made.has(uri) && [...made.values()].some((other) => other.uri === kms.uri)) throw new StartRefused(`${variable} names a second KMS called ${kms.uri}. Put the old keys beside the new one in one keyring file.`);
    made.set(uri, kms);
    return kms;
  };
  const active = kmsAt(variables.BYOK_KEK, 'BYOK_KEK');
  const platform = variables.BYOK_PLATFORM_KEK === undefined ? active : kmsAt(variables.BYOK_PLATFORM_KEK, 'BYOK_PLATFORM_KEK');
  const old = (variables.BYOK_KEK_OLD ?? '').split(',').map((each) => each.trim()).filter(Boolean).map((uri) => kmsAt(uri, 'BYOK_KEK_OLD'));
  return kmsSet({ active, platform, old, customers: customerKeks(variables.BYOK_ORG_KEKS, settings), ownKekUri: deps.ownKekUri });
}

function makeKms(uri: string, variable: string, variables: KekVariables, random: Random, settings: RemoteKmsSettings): Kms {
  if (uri === 'env:') return envKms(variables, random);
  if (uri.startsWith('local:') && uri.length > 'local:'.length) return localKms(uri.slice('local:'.length), random);
  const kms = remoteKms(uri, settings);
  if (kms) return kms;
  throw new StartRefused(`${variable} must be local:<keyring file>, env:, ${REMOTE_FORMS}.`);
}

function transitSettings(variables: KmsVariables): Pick<RemoteKmsSettings, 'transit'> {
  const { BYOK_TRANSIT_TOKEN: value, BYOK_TRANSIT_TOKEN_PATH: path, BYOK_TRANSIT_CA: ca, BYOK_TRANSIT_CERT: cert, BYOK_TRANSIT_KEY: key } = variables;
  if (value && path) throw new StartRefused('Set BYOK_TRANSIT_TOKEN or BYOK_TRANSIT_TOKEN_PATH, not both.');
  if (!cert !== !key) throw new StartRefused('BYOK_TRANSIT_CERT and BYOK_TRANSIT_KEY belong together.');
  if (!value && !path) return {};
  const tls = { ...(ca ? { ca } : {}), ...(cert && key ? { cert, key } : {}) };
  return { transit: { token: path ? { path } : { value: value! }, namespace: variables.BYOK_TRANSIT_NAMESPACE, tls } };
}
