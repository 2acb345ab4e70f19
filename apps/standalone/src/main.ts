// `npm start`: an embedded PostgreSQL and the four services as real processes, on loopback, with all data in one folder.
import { createLog, ensureRoles, loadServiceConfig, runService, systemClock, type Log, type RunningService } from '@byok/platform';
import { banner } from './banner.js';
import { writeCertificates } from './certificates.js';
import { StandaloneConfig } from './config.js';
import { openDataDirectory, removeRunFile, writeRunFile } from './data-directory.js';
import { freePort, refuseTakenPort } from './free-ports.js';
import { openInstallationSecrets, saveInstallationSecrets } from './installation-secrets.js';
import { migrateAll } from './migrate-all.js';
import { adminUrl, databaseUrl, gatewayUrl, postgresSpec, serviceSpecs, type Installation } from './services.js';
import { SupervisedProcess } from './supervised-process.js';

const SERVICE_STOP_MS = 35_000;
const POSTGRES_STOP_MS = 10_000;

runService('byok', start);

async function start(): Promise<RunningService> {
  const startedAt = systemClock.now();
  const installation = await openInstallation();
  const { config, directory } = installation;
  const log = createLog('supervisor', config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL);

  const processes = new Map<string, SupervisedProcess>();
  const writeState = (): void => writeRunFile(directory.runFile, runFileOf(installation, processes));
  const add = (spec: ReturnType<typeof postgresSpec>): Promise<void> => {
    const supervised = new SupervisedProcess(spec, log, writeState);
    processes.set(spec.name, supervised);
    return supervised.start();
  };
  const stop = (): Promise<void> => stopAll(processes, directory.runFile);

  try {
    writeState();
    await Promise.all([writeCertificates(directory.certificates, systemClock.now()), add(postgresSpec(installation))]);
    await prepareDatabase(installation);
    await Promise.all(serviceSpecs(installation).map(add));
    writeState();
  } catch (error) {
    await stop();
    throw error;
  }
  process.stdout.write(banner(config, directory.root, systemClock.now() - startedAt, firstAdminDone(installation, log)));
  return { stop };
}

async function openInstallation(): Promise<Installation> {
  const config = loadServiceConfig(StandaloneConfig);
  await refuseTakenPort(config.PORT, config.HOST, 'PORT');
  await refuseTakenPort(config.GATEWAY_PORT, config.HOST, 'GATEWAY_PORT');
  const directory = openDataDirectory(config.BYOK_DATA_DIR);
  const secrets = openInstallationSecrets(directory);
  const [database, vault, billing, probe] = [await freePort(), await freePort(), await freePort(), await freePort()];
  return { config, directory, secrets, ports: { database, vault, billing, probe } };
}

async function prepareDatabase(installation: Installation): Promise<void> {
  await ensureRoles({ url: databaseUrl(installation, 'postgres', 'postgres'), database: 'byok', passwords: installation.secrets.rolePasswords });
  await migrateAll(databaseUrl(installation, 'byok_owner'));
}

/** The generated password, the one time it is to be shown: after this it is kept nowhere. */
function firstAdminDone(installation: Installation, log: Log): string | undefined {
  const { firstAdminPassword, ...rest } = installation.secrets;
  if (!firstAdminPassword) return undefined;
  saveInstallationSecrets(installation.directory, rest);
  log.info({}, 'the first admin exists');
  return installation.config.BYOK_ADMIN_PASSWORD ? undefined : firstAdminPassword;
}

function runFileOf({ config, ports }: Installation, processes: Map<string, SupervisedProcess>) {
  const pids = [...processes].flatMap(([name, each]) => (each.pid === undefined ? [] : [[name, each.pid] as const]));
  return { supervisor: process.pid, processes: Object.fromEntries(pids), adminUrl: adminUrl(config), gatewayUrl: gatewayUrl(config), databasePort: ports.database };
}

/** Whoever takes calls stops first, PostgreSQL last, so that nothing written on the way out is lost. */
async function stopAll(processes: Map<string, SupervisedProcess>, runFile: string): Promise<void> {
  const stop = async (...names: string[]): Promise<void> => void (await Promise.all(names.flatMap((name) => processes.get(name)?.stop(SERVICE_STOP_MS) ?? [])));
  await stop('gateway', 'admin-api');
  await stop('usage-billing', 'key-vault');
  await processes.get('postgres')?.stop(POSTGRES_STOP_MS);
  removeRunFile(runFile);
}
