import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { redisContainer } from './redis-container.js';

export interface RedisServer {
  url: string;
  close(): Promise<void>;
}

const START_MS = 5_000;

/**
 * A private Redis on a free port, keeping nothing: the machine's `redis-server`, or a container where there is Docker.
 * Undefined where there is neither: say so loudly, do not skip in silence.
 */
export async function redisServer(): Promise<RedisServer | undefined> {
  return (await installedRedis()) ?? redisContainer();
}

async function installedRedis(): Promise<RedisServer | undefined> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'byok-test-redis-'));
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory], { stdio: 'ignore' });
  if (!(await spawned(child))) {
    await rm(directory, { recursive: true, force: true });
    return undefined;
  }
  // A test run that dies must not leave a server behind.
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const close = async () => {
    process.off('exit', killWithUs);
    await stopped(child);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await answering(port);
  } catch (error) {
    await close();
    throw error;
  }
  return { url: `redis://127.0.0.1:${port}`, close };
}

function spawned(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(true));
    child.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(false) : reject(error)));
  });
}

async function answering(port: number): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (!(await ponged(port))) {
    if (Date.now() > deadline) throw new Error('redis-server did not answer in time.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function ponged(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
  });
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
