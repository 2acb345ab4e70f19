import { redisServer } from './redis-server.js';

const server = await redisServer();
if (!server) process.stderr.write('\n*** NOT RUN: redisServer. Install redis-server or start Docker. ***\n\n');

(server ? it : it.skip)('redisServer starts a private server on loopback', async () => {
  expect(server!.url).toMatch(/^redis:\/\/(127\.0\.0\.1|localhost):\d+$/);
  await server!.close();
});
