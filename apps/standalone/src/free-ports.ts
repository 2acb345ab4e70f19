import { StartRefused } from '@byok/platform';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: one of those could take a port between our look and the service that binds it. */
const [FIRST, LAST] = [10_240, 32_768];
const TRIES = 100;
const given = new Set<number>();

/** A port on loopback that nobody listens on now; never the same twice. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(FIRST, LAST);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new StartRefused('No free port was found on loopback. Stop what listens there.');
}

async function isFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port, '127.0.0.1');
    return true;
  } catch {
    return false;
  }
}

/** @throws StartRefused when somebody listens on the port already: said before anything is started */
export async function refuseTakenPort(port: number, host: string, variable: string): Promise<void> {
  if (port === 0) return;
  try {
    await listenOnce(port, host);
  } catch {
    throw new StartRefused(`Port ${port} is taken by another program. Stop it, or set ${variable} to another port.`);
  }
}

function listenOnce(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => server.close(() => resolve()));
  });
}
