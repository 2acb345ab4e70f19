import { z } from 'zod';
import { loadServiceConfig } from './load-service-config.js';
import { databaseUrlVariable, redisUrlVariable } from './variables.js';

const Schema = z.object({ DATABASE_URL: databaseUrlVariable.optional(), REDIS_URL: redisUrlVariable.optional(), BYOK_ADMIN_PASSWORD: z.string().optional(), WEBHOOK_SECRET: z.string().optional(), METRICS_TOKEN: z.string().optional() });
const read = (environment: Record<string, string>, flags: string[] = []) => () => loadServiceConfig(Schema, environment, flags);

describe('the configuration of a service', () => {
  it.each(['changeme', 'ChangeMe-please-1', 'admin', 'admin-admin-admin', 'password1234', 'sk-1234', 'your-secret-here-0123456789abcdef', 'my_secret_password', '<insert secret>', 'aaaaaaaaaaaaaaaaaaaa', '123456789012'])('I09 refuses the sample secret %j wherever it stands, without repeating it', (sample) => {
    for (const name of ['BYOK_ADMIN_PASSWORD', 'WEBHOOK_SECRET', 'METRICS_TOKEN']) {
      expect(read({ [name]: sample })).toThrow(`${name} looks like a sample`);
      expect(read({ [name]: sample })).not.toThrow(new RegExp(sample.replace(/[^A-Za-z0-9]/g, '.')));
    }
  });

  it('I09 takes what somebody made up or drew', () => {
    for (const good of ['correct horse battery', 'f3Yk-9sPq_2vLx8Zt0', 'Zebra!kindly.folds42maps', 'myQ7fYk9sPqx2vLx8Zt0', 'test9sPqA2vLx8Zt0KwBn']) expect(read({ BYOK_ADMIN_PASSWORD: good, WEBHOOK_SECRET: good })()).toMatchObject({ BYOK_ADMIN_PASSWORD: good });
  });

  it.each([
    [{ NODE_OPTIONS: '--max-old-space-size=512 --inspect' }, []],
    [{ NODE_OPTIONS: '--inspect-brk=0.0.0.0:9229' }, []],
    [{}, ['--inspect=0']],
    [{}, ['--heapsnapshot-signal=SIGUSR2']],
    [{ NODE_OPTIONS: '--report-on-signal' }, []],
    [{ NODE_OPTIONS: '--tls-keylog=/tmp/keys' }, []],
    [{ NODE_OPTIONS: '--trace-tls' }, []],
    [{ NODE_DEBUG: 'http,tls' }, []],
    [{ NODE_DEBUG_NATIVE: '*' }, []],
  ] as [Record<string, string>, string[]][])('I10 D06 refuses to run where it can be looked into: %j %j', (environment, flags) => {
    expect(read(environment, flags)).toThrow(/NODE_OPTIONS|NODE_DEBUG/);
    expect(read({ ...environment, BYOK_DEVELOPMENT: 'true' }, flags)).not.toThrow();
  });

  it('I10 B14 refuses to run where certificates are not verified, on a programmer’s machine as well', () => {
    expect(read({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toThrow('NODE_TLS_REJECT_UNAUTHORIZED');
    expect(read({ NODE_TLS_REJECT_UNAUTHORIZED: '0', BYOK_DEVELOPMENT: 'true' })).toThrow('NODE_TLS_REJECT_UNAUTHORIZED');
    expect(read({ NODE_TLS_REJECT_UNAUTHORIZED: '1', NODE_OPTIONS: '--max-semi-space-size=64' })).not.toThrow();
  });

  it.each(['', '?sslmode=disable', '?sslmode=allow', '?sslmode=prefer', '?sslmode=no-verify'])('I19 refuses a PostgreSQL over the network with %j', (query) => {
    const DATABASE_URL = `postgres://byok:hunter2@db.internal:5432/byok${query}`;
    expect(read({ DATABASE_URL })).toThrow('DATABASE_URL leads over a network without TLS');
    expect(read({ DATABASE_URL })).not.toThrow(/hunter2|db\.internal/);
  });

  it('I19 takes one with verified TLS, on this machine, or where the network itself encrypts', () => {
    for (const mode of ['require', 'verify-ca', 'verify-full']) expect(read({ DATABASE_URL: `postgres://byok:x@db.internal/byok?sslmode=${mode}` })).not.toThrow();
    for (const host of ['localhost', '127.0.0.1', '[::1]']) expect(read({ DATABASE_URL: `postgres://byok:x@${host}:5432/byok`, REDIS_URL: `redis://${host}:6379` })).not.toThrow();
    expect(read({ DATABASE_URL: 'postgres:///byok?host=/var/run/postgresql' })).not.toThrow();
    expect(read({ DATABASE_URL: 'postgres://byok:x@db.internal/byok', BYOK_TRUSTED_NETWORK: 'true' })).not.toThrow();
    expect(read({ DATABASE_URL: 'postgres://byok:x@db.internal/byok?sslmode=no-verify', BYOK_TRUSTED_NETWORK: 'true' })).toThrow('DATABASE_URL');
  });

  it('I19 refuses a Redis over the network without a password, or without TLS', () => {
    expect(read({ REDIS_URL: 'rediss://redis.internal:6379' })).toThrow('REDIS_URL has no password');
    expect(read({ REDIS_URL: 'redis://:hunter2@redis.internal:6379' })).toThrow('REDIS_URL leads over a network without TLS');
    expect(read({ REDIS_URL: 'redis://redis.internal:6379', BYOK_TRUSTED_NETWORK: 'true' })).toThrow('REDIS_URL has no password');
    expect(read({ REDIS_URL: 'rediss://:hunter2@redis.internal:6379' })).not.toThrow();
  });
});
