import { existsSync } from 'node:fs';
import { z } from 'zod';

const text = z.string().optional();

/** Where the KEK is when it is not in the installation's own keyring, in key-vault's words; and by what the clouds' libraries know who asks. */
export const kekVariables = {
  ...{ BYOK_KEK: text, BYOK_KEK_OLD: text, BYOK_PLATFORM_KEK: text, BYOK_ORG_KEKS: text, BYOK_KMS_TIMEOUT_MS: text },
  ...{ BYOK_TRANSIT_TOKEN: text, BYOK_TRANSIT_TOKEN_PATH: text, BYOK_TRANSIT_NAMESPACE: text, BYOK_TRANSIT_CA: text, BYOK_TRANSIT_CERT: text, BYOK_TRANSIT_KEY: text },
  ...{ AWS_REGION: text, AWS_PROFILE: text, AWS_ACCESS_KEY_ID: text, AWS_SECRET_ACCESS_KEY: text, AWS_SESSION_TOKEN: text, AWS_ENDPOINT_URL_KMS: text },
  ...{ GOOGLE_APPLICATION_CREDENTIALS: text, AZURE_TENANT_ID: text, AZURE_CLIENT_ID: text, AZURE_CLIENT_SECRET: text },
};

type Kek = { [name in keyof typeof kekVariables]?: string | undefined };

/** The keyring unless another KEK was given; then the keyring, as long as it is there, still opens what it wrapped. */
export function kekSettings(config: Kek, keyringFile: string): Kek {
  const keyring = `local:${keyringFile}`;
  const given = Object.fromEntries((Object.keys(kekVariables) as (keyof Kek)[]).map((name) => [name, config[name]])) as Kek;
  if (given.BYOK_KEK === undefined || given.BYOK_KEK === keyring) return { ...given, BYOK_KEK: keyring };
  return { ...given, BYOK_KEK_OLD: given.BYOK_KEK_OLD ?? (existsSync(keyringFile) ? keyring : undefined) };
}
