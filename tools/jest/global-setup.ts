import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

declare global {
  var byokTestDatabase: ChildProcess | undefined;
}

/**
 * Starts the one PostgreSQL of this Jest run. It lives in a process of its own because Jest's module
 * loader is not the one the product runs on; when Jest dies, its IPC channel closes and PostgreSQL goes too.
 */
export default async function setup(): Promise<void> {
  const child = fork(join(import.meta.dirname, 'database-server.ts'), [], {
    execArgv: ['--conditions=@byok/source', '--import', '@swc-node/register/esm-register'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Jest sets NODE_OPTIONS for itself; the server needs none of it.
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'test' },
  });
  globalThis.byokTestDatabase = child;
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`The test database did not start (exit code ${code}); its own message is above.`)));
  });
}
