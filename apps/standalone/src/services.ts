import { fileURLToPath } from 'node:url';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { StandaloneConfig } from './config.js';
import type { DataDirectory } from './data-directory.js';
import { kekSettings } from './kek-settings.js';
import type { InstallationSecrets } from './installation-secrets.js';
import type { ProcessSpec } from './supervised-process.js';

export interface Ports {
  database: number;
  vault: number;
  billing: number;
  probe: number;
}

export interface Installation {
  config: StandaloneConfig;
  directory: DataDirectory;
  secrets: InstallationSecrets;
  ports: Ports;
}

/** Objects of calls in flight must not be taken for old ones: about a tenth less CPU per call. */
const GATEWAY_NODE_OPTIONS = '--max-semi-space-size=64';

/** Memory that the C library frees is overwritten, in pieces of every size: provider keys pass through on their way to the vault. */
const WIPED_MEMORY = { MALLOC_PERTURB_: '165', GLIBC_TUNABLES: 'glibc.malloc.tcache_count=0' };

type Role = keyof InstallationSecrets['rolePasswords'];

/** `main.ts` of an app when run from sources, `main.js` of its build otherwise. */
function entryOf(app: string, file: string): string {
  const own = fileURLToPath(import.meta.url);
  return join(dirname(own), '..', '..', app, basename(dirname(own)), `${file}${extname(own)}`);
}

export function databaseUrl(installation: Installation, role: Role | 'postgres', database = 'byok'): string {
  const password = role === 'postgres' ? installation.secrets.postgresPassword : installation.secrets.rolePasswords[role];
  return `postgres://${role}:${password}@127.0.0.1:${installation.ports.database}/${database}`;
}

export function postgresSpec({ config, directory, secrets, ports }: Installation): ProcessSpec {
  return {
    name: 'postgres',
    entry: entryOf('standalone', 'postgres-keeper'),
    logFolder: directory.logs,
    environment: {
      ...nodeEnvironment(directory),
      PATH: config.PATH,
      // initdb reads the superuser's password from a file in TMPDIR: the data directory cannot be listed by others, /tmp can.
      TMPDIR: directory.temporary,
      DATA_FOLDER: directory.postgres,
      DATABASE_PORT: String(ports.database),
      SUPERUSER_PASSWORD: secrets.postgresPassword,
    },
  };
}

/** Compiled code is kept between starts, which halves the time that loading takes. */
function nodeEnvironment(directory: DataDirectory): Record<string, string> {
  return { NODE_COMPILE_CACHE: join(directory.temporary, 'compiled') };
}

/** The four services with exactly the variables they read: a secret goes to the one service that needs it. */
export function serviceSpecs(installation: Installation): ProcessSpec[] {
  const { config, directory, secrets, ports } = installation;
  const vaultAddress = `127.0.0.1:${ports.vault}`;
  const spec = serviceSpec.bind(null, installation);
  return [
    spec('key-vault', 'byok_vault', {
      GRPC_HOST: '127.0.0.1',
      GRPC_PORT: String(ports.vault),
      ...kekSettings(config, directory.keyringFile),
      BYOK_DEPLOYMENT_ID: secrets.deploymentId,
      BYOK_SHRED_TOMBSTONES: directory.tombstoneFile,
      ...checkpoints(installation, 'vault'),
    }),
    spec('usage-billing', 'byok_billing', { GRPC_HOST: '127.0.0.1', GRPC_PORT: String(ports.billing), REDIS_URL: config.REDIS_URL, ...billingSettings(installation) }),
    spec('gateway', 'byok_gateway', {
      HOST: config.HOST,
      PORT: String(config.GATEWAY_PORT),
      PROBE_HOST: '127.0.0.1',
      PROBE_PORT: String(ports.probe),
      VAULT_ADDRESS: vaultAddress,
      BILLING_ADDRESS: `127.0.0.1:${ports.billing}`,
      SPOOL_DIR: directory.spool,
      SESSION_PUBLIC_KEY_FILE: directory.sessionPublicKeyFile,
      NODE_OPTIONS: GATEWAY_NODE_OPTIONS,
      REDIS_URL: config.REDIS_URL,
      BYOK_PROVIDER_BASE_URLS: config.BYOK_PROVIDER_BASE_URLS,
      BYOK_EGRESS_ALLOW: config.BYOK_EGRESS_ALLOW,
      METRICS_TOKEN: config.METRICS_TOKEN,
    }),
    spec('admin-api', 'byok_admin', {
      HOST: config.HOST,
      PORT: String(config.PORT),
      VAULT_ADDRESS: vaultAddress,
      BILLING_ADDRESS: `127.0.0.1:${ports.billing}`,
      PROBE_ADDRESS: `127.0.0.1:${ports.probe}`,
      PUBLIC_GATEWAY_URL: gatewayUrl(config),
      PUBLIC_ADMIN_URL: config.PUBLIC_ADMIN_URL,
      BYOK_EGRESS_ALLOW: config.BYOK_EGRESS_ALLOW,
      SESSION_SIGNING_KEY_FILE: directory.sessionKeyFile,
      ...WIPED_MEMORY,
      ...checkpoints(installation, 'identity'),
      ...firstAdmin(installation),
    }),
  ];
}

function serviceSpec(installation: Installation, app: string, role: Role, environment: Record<string, string | undefined>): ProcessSpec {
  const { config, directory } = installation;
  return {
    name: app,
    entry: entryOf(app, 'main'),
    logFolder: directory.logs,
    environment: withoutUnset({
      ...nodeEnvironment(directory),
      PATH: config.PATH,
      LOG_LEVEL: config.LOG_LEVEL,
      BYOK_TRUSTED_NETWORK: config.BYOK_TRUSTED_NETWORK,
      DATABASE_URL: databaseUrl(installation, role),
      TLS_CA: join(directory.certificates, 'ca.pem'),
      TLS_CERT: join(directory.certificates, `${app}.pem`),
      TLS_KEY: join(directory.certificates, `${app}.key`),
      ...environment,
    }),
  };
}

/** What usage-billing tells to the outside with, and how it reserves money. */
function billingSettings({ config, secrets }: Installation): Record<string, string | undefined> {
  const { SMTP_URL, MAIL_FROM, WEBHOOK_EGRESS_ALLOW, HOLD_LEASE_MS, DEFAULT_MAX_OUTPUT_TOKENS } = config;
  return { WEBHOOK_SECRET: secrets.webhookSecret, WEBHOOK_EGRESS_ALLOW, SMTP_URL, MAIL_FROM, HOLD_LEASE_MS, DEFAULT_MAX_OUTPUT_TOKENS };
}

/** Each service writes down the ends of its own chains. */
function checkpoints({ config, directory }: Installation, chain: string): Record<string, string> {
  return { BYOK_AUDIT_CHECKPOINT_FILE: join(resolve(config.BYOK_CHECKPOINT_DIR ?? directory.checkpoints), `${chain}.jsonl`), BYOK_AUDIT_CHECKPOINT_KEY_FILE: directory.checkpointKeyFile };
}

function firstAdmin({ config, secrets }: Installation): Record<string, string> {
  const password = config.BYOK_ADMIN_PASSWORD ?? secrets.firstAdminPassword;
  return secrets.firstAdminPassword && password ? { BYOK_ADMIN_EMAIL: config.BYOK_ADMIN_EMAIL, BYOK_ADMIN_PASSWORD: password } : {};
}

export const adminUrl = (config: StandaloneConfig): string => `http://${config.HOST}:${config.PORT}`;
export const gatewayUrl = (config: StandaloneConfig): string => `http://${config.HOST}:${config.GATEWAY_PORT}`;

function withoutUnset(variables: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
