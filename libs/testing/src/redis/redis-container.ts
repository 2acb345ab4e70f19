import type { RedisServer } from './redis-server.js';

const IMAGE = 'redis:7-alpine';
const PORT = 6379;

/** Redis in a container, for machines that have Docker and no `redis-server`; undefined where there is no container runtime. */
export async function redisContainer(): Promise<RedisServer | undefined> {
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  try {
    await getContainerRuntimeClient();
  } catch {
    return undefined;
  }
  const container = await new GenericContainer(IMAGE).withExposedPorts(PORT).withCommand(['redis-server', '--save', '', '--appendonly', 'no']).start();
  return { url: `redis://${container.getHost()}:${container.getMappedPort(PORT)}`, close: async () => void (await container.stop()) };
}
