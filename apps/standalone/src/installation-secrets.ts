import type { DatabaseRole } from '@byok/platform';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writePrivate, type DataDirectory } from './data-directory.js';

/** Made once per installation; losing this file with the keyring means losing every sealed key. */
export interface InstallationSecrets {
  deploymentId: string;
  postgresPassword: string;
  rolePasswords: Record<DatabaseRole, string>;
  /** What webhooks are sealed and signed with. */
  webhookSecret: string;
  /** Set until the first admin exists. */
  firstAdminPassword?: string;
}

const ROLES: DatabaseRole[] = ['byok_owner', 'byok_gateway', 'byok_vault', 'byok_billing', 'byok_admin'];

/** Reads the installation's secrets, or makes them, the KEK keyring and the keys that sign sessions and audit checkpoints on the first start. */
export function openInstallationSecrets(directory: DataDirectory): InstallationSecrets {
  if (!existsSync(directory.keyringFile) && directory.isNew) writePrivate(directory.keyringFile, newKeyring());
  if (!existsSync(directory.sessionKeyFile)) writeSigningKeys(directory.sessionKeyFile, directory.sessionPublicKeyFile);
  if (!existsSync(directory.checkpointKeyFile)) writeSigningKeys(directory.checkpointKeyFile, directory.checkpointPublicKeyFile);
  if (!directory.isNew) return readSecrets(directory);
  const secrets: InstallationSecrets = {
    deploymentId: randomBytes(16).toString('hex'),
    postgresPassword: randomBytes(24).toString('base64url'),
    rolePasswords: Object.fromEntries(ROLES.map((role) => [role, randomBytes(24).toString('base64url')])) as Record<DatabaseRole, string>,
    webhookSecret: newWebhookSecret(),
    firstAdminPassword: randomBytes(15).toString('base64url'),
  };
  saveInstallationSecrets(directory, secrets);
  return secrets;
}

/** An installation older than webhooks gets its secret now, and keeps it. */
function readSecrets(directory: DataDirectory): InstallationSecrets {
  const known = JSON.parse(readFileSync(directory.secretsFile, 'utf8')) as Omit<InstallationSecrets, 'webhookSecret'> & { webhookSecret?: string };
  if (known.webhookSecret !== undefined) return known as InstallationSecrets;
  const secrets = { ...known, webhookSecret: newWebhookSecret() };
  saveInstallationSecrets(directory, secrets);
  return secrets;
}

const newWebhookSecret = (): string => randomBytes(32).toString('base64url');

export function saveInstallationSecrets(directory: DataDirectory, secrets: InstallationSecrets): void {
  writePrivate(directory.secretsFile, `${JSON.stringify(secrets, null, 2)}\n`);
}

/** A keyring with one KEK. The format is key-vault's: apps/key-vault/src/kms/local-kms.ts. */
function newKeyring(): string {
  return `${JSON.stringify({ active: 'k1', keys: { k1: randomBytes(32).toString('hex') } }, null, 2)}\n`;
}

function writeSigningKeys(privateFile: string, publicFile: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  writePrivate(privateFile, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  writePrivate(publicFile, publicKey.export({ type: 'spki', format: 'pem' }).toString());
}
