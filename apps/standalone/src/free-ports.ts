import { StartRefused } from '@byok/platform';
import { createServer, type AddressInfo } from 'node:net';

/** A port on loopback that nobody listens on now. */
export function freePort(): Promise<number> {
  return listenOnce(0, '127.0.0.1');
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

function listenOnce(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const { port: taken } = server.address() as AddressInfo;
      server.close(() => resolve(taken));
    });
  });
}
