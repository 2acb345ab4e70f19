import { redisServer } from './redis-server.js';

describe('redisServer', () => {
  it('starts a private server, or says that there is no binary', async () => {
    const server = await redisServer();
    if (!server) return void process.stderr.write('NOT RUN: this machine has no redis-server.\n');
    expect(server.url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
    await server.close();
  });
});
