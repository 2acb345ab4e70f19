import { StartRefused } from '@byok/platform';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where one installation lives. Secrets, certificates and the keyring are readable by this user alone. */
export interface DataDirectory {
  root: string;
  postgres: string;
  certificates: string;
  logs: string;
  spool: string;
  temporary: string;
  secretsFile: string;
  keyringFile: string;
  sessionKeyFile: string;
  sessionPublicKeyFile: string;
  /** The ends of the audit chains, outside the database, and what signs them. */
  checkpoints: string;
  checkpointKeyFile: string;
  checkpointPublicKeyFile: string;
  /** Which orgs were made unreadable: told to every vault that starts on a restored database. */
  tombstoneFile: string;
  runFile: string;
  isNew: boolean;
}

/** The names in a data directory, whether it is there or not. */
export function dataDirectoryAt(path: string): DataDirectory {
  const root = resolve(path);
  const at = (name: string): string => join(root, name);
  return {
    root,
    postgres: at('postgres'),
    certificates: at('certificates'),
    logs: at('logs'),
    spool: at('spool'),
    temporary: at('tmp'),
    secretsFile: at('secrets.json'),
    keyringFile: at('keyring.json'),
    sessionKeyFile: at('session-key.pem'),
    sessionPublicKeyFile: at('session-public-key.pem'),
    checkpoints: at('checkpoints'),
    checkpointKeyFile: at('checkpoint-key.pem'),
    checkpointPublicKeyFile: at('checkpoint-public-key.pem'),
    tombstoneFile: at('shredded.jsonl'),
    runFile: at('run.json'),
    isNew: !existsSync(at('secrets.json')),
  };
}

/** Makes the folders and takes the directory for this process; a second start on the same directory is refused. */
export function openDataDirectory(path: string): DataDirectory {
  const directory = dataDirectoryAt(path);
  // PostgreSQL runs as another user when we are root, so the root itself must be passable; what is secret is closed one by one.
  for (const folder of [directory.root, directory.temporary]) mkdirSync(folder, { recursive: true, mode: 0o711 });
  for (const folder of [directory.certificates, directory.logs, directory.spool, directory.checkpoints]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  refuseSecondStart(directory.runFile);
  return directory;
}

export interface RunFile {
  supervisor: number;
  processes: Record<string, number>;
  adminUrl: string;
  gatewayUrl: string;
  databasePort: number;
}

function refuseSecondStart(runFile: string): void {
  const running = readRunFile(runFile);
  if (running && running.supervisor !== process.pid && isAlive(running.supervisor)) {
    throw new StartRefused(`byok already runs on this data directory (process ${running.supervisor}, ${running.adminUrl}). Stop it first or set BYOK_DATA_DIR.`);
  }
}

/** Of a start that may have ended since. */
export function readRunFile(runFile: string): RunFile | undefined {
  try {
    return JSON.parse(readFileSync(runFile, 'utf8')) as RunFile;
  } catch {
    return undefined;
  }
}

/** Writes who runs and where, for operators and tools. */
export function writeRunFile(runFile: string, content: RunFile): void {
  // Whoever reads it while a process comes back must find all of it, the old or the new.
  writeFileSync(`${runFile}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${runFile}.new`, runFile);
}

export function removeRunFile(runFile: string): void {
  rmSync(runFile, { force: true });
}

/** Writes a file that only this user may read. */
export function writePrivate(file: string, content: string): void {
  writeFileSync(file, content, { mode: 0o600 });
  chmodSync(file, 0o600);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
