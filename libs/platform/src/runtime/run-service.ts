import { ConfigError } from '../config/load-config.js';
import { createLog, safeError } from '../log/create-log.js';

export interface RunningService {
  stop(): Promise<void>;
}

/** A reason not to start that the operator can act on: printed as one line, exit code 78. */
export class StartRefused extends Error {
  override name = 'StartRefused';
}

const EXIT_REFUSED = 78;
const STOP_LIMIT_MS = 45_000;
const ORPHAN_LIMIT_MS = 3_000;

/**
 * Runs a service as a process: start, say ready, stop on SIGTERM, SIGINT or when the supervisor is gone.
 * One clear line and exit code 78 when it cannot start; exit 1 on anything nobody handled.
 */
export function runService(name: string, start: () => Promise<RunningService>): void {
  let service: RunningService | undefined;
  let stopping = false;

  const stop = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    createLog(name).info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    (service?.stop() ?? Promise.resolve()).then(() => process.exit(0), (error) => fail(name, error));
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // A supervisor that is gone cannot stop its children; an orphan would hold ports and the data directory.
  if (process.send) {
    process.on('disconnect', () => {
      setTimeout(() => process.exit(1), ORPHAN_LIMIT_MS).unref();
      stop('supervisor gone');
    });
  }
  process.on('uncaughtException', (error) => fail(name, error));
  process.on('unhandledRejection', (error) => fail(name, error));

  start().then(
    (started) => {
      service = started;
      process.send?.('ready');
    },
    (error) => fail(name, error),
  );
}

function fail(name: string, error: unknown): never {
  const refusal = asRefusal(error);
  if (refusal) {
    process.stderr.write(`${name}: ${refusal}\n`);
    process.exit(EXIT_REFUSED);
  }
  process.stderr.write(`${name}: stopped by an unexpected error ${JSON.stringify(safeError(error))}\n`);
  process.exit(1);
}

function asRefusal(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof StartRefused) return error.message;
  const { code, port, syscall } = error as { code?: string; port?: number; syscall?: string };
  if (syscall !== 'listen') return undefined;
  if (code === 'EADDRINUSE') return `Port ${port ?? '(see configuration)'} is taken by another program. Stop it or choose another port.`;
  if (code === 'EACCES') return `Not allowed to listen on port ${port ?? '(see configuration)'}. Choose one above 1023.`;
  return undefined;
}
