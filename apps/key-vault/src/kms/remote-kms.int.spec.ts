import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { credentials, Metadata } from '@grpc/grpc-js';
import type { Kms, WrapContext } from '@byok/envelope';
import { kmsSuite } from '@byok/envelope/kms.suite';
import { awsSecretOf, findVaultBinary, startAwsKms, startAzureKms, startGcpKms, startRealTransit, startTransit, testAuthority } from '@byok/testing';
import type { KmsServer, RealTransit } from '@byok/testing';

import { crc32c } from './crc32c.js';
import { faultOf, reasonOf } from './kms-fault.js';
import { remoteKms } from './remote-kms.js';
import type { RemoteKmsSettings } from './remote-kms.js';

const CONTEXT: WrapContext = { deploymentId: 'd', orgId: 'org_a', dekId: `dek_${'0'.repeat(32)}`, dekVersion: 1, kekScope: 'tenant' };
const TOKEN = 'spec-token';
const ACCESS_KEY = 'AKIASPEC';
const clock = { now: () => Date.now() };
const folder = mkdtempSync(join(tmpdir(), 'byok-kms-'));
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, `${TOKEN}\n`);

interface Backend {
  name: string;
  server: KmsServer;
  uri: string;
  settings: RemoteKmsSettings;
}
const backends = new Map<string, Backend>();

beforeAll(async () => {
  const certificates = await (await testAuthority())('localhost');
  const ca = certificates.ca.toString();
  const [aws, gcp, azure, transit] = await Promise.all([startAwsKms(ACCESS_KEY), startGcpKms(certificates, TOKEN), startAzureKms(certificates, TOKEN), startTransit({ token: () => TOKEN, certificates })]);
  const bearer = credentials.createFromMetadataGenerator((_options, done) => {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${TOKEN}`);
    done(null, metadata);
  });
  const settings: RemoteKmsSettings = {
    ...{ clock, timeoutMs: 10_000 },
    aws: { endpoint: aws.address, region: 'eu-central-1', credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: awsSecretOf(ACCESS_KEY) } },
    gcp: { apiEndpoint: 'localhost', port: gcp.port, sslCreds: credentials.combineChannelCredentials(credentials.createSsl(certificates.ca), bearer) },
    azure: { credential: { getToken: () => Promise.resolve({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }) }, client: { disableChallengeResourceVerification: true, tlsOptions: { ca } } },
    transit: { token: { path: tokenFile }, namespace: undefined, tls: { ca, cert: certificates.certificate.toString(), key: certificates.key.toString() } },
  };
  const add = (name: string, server: KmsServer, uri: string) => backends.set(name, { name, server, uri, settings });
  add('awskms', aws, 'awskms:alias/byok');
  add('gcpkms', gcp, 'gcpkms:projects/spec/locations/europe-west3/keyRings/byok/cryptoKeys/byok');
  add('azurekv', azure, `azurekv:${azure.address}/keys/byok`);
  add('vault-transit', transit, `vault-transit:${transit.address}/transit/byok`);
});
afterEach(() => backends.forEach(({ server }) => (server.fault = undefined)));
afterAll(async () => {
  await Promise.all([...backends.values()].map(({ server }) => server.close()));
  rmSync(folder, { recursive: true });
});

const NAMES = ['awskms', 'gcpkms', 'azurekv', 'vault-transit'];
function made(name: string, over: Partial<RemoteKmsSettings> = {}, uri = backends.get(name)!.uri): Kms {
  return remoteKms(uri, { ...backends.get(name)!.settings, ...over })!;
}
const failureOf = (act: Promise<unknown>): Promise<unknown> => act.then(() => expect('accepted').toBe('refused'), (error: unknown) => error);
const attempts = (server: KmsServer): number => [...server.asked.values()].reduce((sum, each) => sum + each, 0);

for (const name of NAMES) kmsSuite(name, () => made(name));

// Beside the stand-in, where there is one: what the stand-in does must be what the real one does.
const binary = findVaultBinary();
if (binary) {
  let real: RealTransit;
  beforeAll(async () => {
    real = await startRealTransit(binary);
  }, 30_000);
  afterAll(() => real.close());
  kmsSuite(binary, () => remoteKms(`vault-transit:${real.address}/transit/byok`, { clock, timeoutMs: 10_000, transit: { token: { value: real.token }, namespace: undefined, tls: {} } })!);
}

describe.each(NAMES)('%s', (name) => {
  it('unwraps what an older version wrapped, wraps under the newest, and rewraps to it', async () => {
    const { server } = backends.get(name)!;
    const kms = made(name);
    const seed = randomBytes(32);
    const before = await kms.wrap(Buffer.from(seed), CONTEXT);
    server.rotate();
    expect((await kms.unwrap(before, CONTEXT)).equals(seed)).toBe(true);
    const status = await kms.status();
    expect(status.kekVersion).not.toBe(before.kekVersion);
    expect((await kms.wrap(Buffer.from(seed), CONTEXT)).kekVersion).toBe(status.kekVersion);
    if (!kms.rewrap) return expect(['gcpkms', 'azurekv']).toContain(name);
    const after = await kms.rewrap(before, CONTEXT);
    expect(after.kekVersion).toBe(status.kekVersion);
    expect((await kms.unwrap(after, CONTEXT)).equals(seed)).toBe(true);
  });

  it('E14 says that a version was disabled, keeps serving the others, and unwraps again once it is back', async () => {
    const { server } = backends.get(name)!;
    const kms = made(name);
    const seed = randomBytes(32);
    const wrapped = await kms.wrap(Buffer.from(seed), CONTEXT);
    server.setEnabled(server.newest, false);
    const failure = await failureOf(kms.unwrap(wrapped, CONTEXT));
    expect(failure).toMatchObject({ code: 'key_unavailable' });
    expect(faultOf(failure)).toBe('refused');
    server.setEnabled(server.newest, true);
    expect((await kms.unwrap(wrapped, CONTEXT)).equals(seed)).toBe(true);
  });

  it('E23 refuses to take a seed for wrapped that unwraps to something else', async () => {
    const { server } = backends.get(name)!;
    server.fault = 'wrong-plaintext';
    expect(faultOf(await failureOf(made(name).wrap(randomBytes(32), CONTEXT)))).toBe('wrong');
  });

  it.each(['throttled', 'broken'] as const)('E24 asks a %s KMS a few times more, then says key_unavailable, with no sentence of the KMS', async (fault) => {
    const { server } = backends.get(name)!;
    const kms = made(name);
    const wrapped = await kms.wrap(randomBytes(32), CONTEXT);
    server.fault = fault;
    const before = attempts(server);
    const failure = await failureOf(kms.unwrap(wrapped, CONTEXT));
    expect(failure).toMatchObject({ code: 'key_unavailable' });
    expect(faultOf(failure)).toBe('unreachable');
    expect(reasonOf(failure)).not.toContain('said by');
    expect(attempts(server) - before).toBeGreaterThan(1);
    expect(attempts(server) - before).toBeLessThan(12);
  });

  it('E24 does not wait for a KMS that does not answer, and leaves it alone after some failures', async () => {
    const { server } = backends.get(name)!;
    let now = 0;
    const kms = made(name, { timeoutMs: 40, clock: { now: () => now } });
    const wrapped = await made(name).wrap(randomBytes(32), CONTEXT);
    server.fault = 'slow';
    for (let failure = 1; failure <= 5; failure += 1) expect(faultOf(await failureOf(kms.unwrap(wrapped, CONTEXT)))).toBe('unreachable');
    const asked = attempts(server);
    expect(reasonOf(await failureOf(kms.unwrap(wrapped, CONTEXT)))).toContain('left alone');
    expect(attempts(server)).toBe(asked);
    server.fault = undefined;
    now = 10_001;
    const patient = kms.unwrap(wrapped, CONTEXT).catch(() => undefined);
    expect(reasonOf(await failureOf(kms.unwrap(wrapped, CONTEXT)))).toContain('left alone');
    await patient;
  });
});

describe('what one KMS does that others do not', () => {
  it('sends AWS the org as encryption context, which must be the same again', async () => {
    const kms = made('awskms');
    const wrapped = await kms.wrap(randomBytes(32), CONTEXT);
    await expect(kms.unwrap(wrapped, { ...CONTEXT, orgId: 'org_b' })).rejects.toMatchObject({ code: 'integrity_failed' });
    await expect(kms.unwrap(wrapped, { ...CONTEXT, kekScope: 'platform' })).rejects.toMatchObject({ code: 'integrity_failed' });
  });

  it('sends Google the org as authenticated data, which must be the same again', async () => {
    const kms = made('gcpkms');
    const wrapped = await kms.wrap(randomBytes(32), CONTEXT);
    await expect(kms.unwrap(wrapped, { ...CONTEXT, orgId: 'org_b' })).rejects.toMatchObject({ code: 'integrity_failed' });
  });

  it('E23 finds a Google answer that was changed on its way by its checksum, and an Azure answer of another version', async () => {
    for (const name of ['gcpkms', 'azurekv', 'vault-transit']) {
      const kms = made(name);
      const wrapped = await kms.wrap(randomBytes(32), CONTEXT);
      backends.get(name)!.server.fault = 'corrupt-answer';
      expect(faultOf(await failureOf(kms.unwrap(wrapped, CONTEXT)))).toBe('wrong');
      expect(faultOf(await failureOf(kms.wrap(randomBytes(32), CONTEXT)))).toBe('wrong');
    }
  });

  it('counts checksums as RFC 3720 does', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  });

  it('reads the Transit token anew for every question, and says when it is not let in', async () => {
    const kms = made('vault-transit');
    const wrapped = await kms.wrap(randomBytes(32), CONTEXT);
    writeFileSync(tokenFile, 'another');
    expect(faultOf(await failureOf(kms.unwrap(wrapped, CONTEXT)))).toBe('refused');
    writeFileSync(tokenFile, TOKEN);
    expect(await kms.unwrap(wrapped, CONTEXT)).toHaveLength(32);
  });

  it('does not talk to a Transit that another authority vouches for, nor without its own certificate', async () => {
    const { settings } = backends.get('vault-transit')!;
    const stranger = await (await testAuthority())('localhost');
    for (const tls of [{ ...settings.transit!.tls, ca: stranger.ca.toString() }, { ca: settings.transit!.tls.ca! }]) {
      expect(faultOf(await failureOf(made('vault-transit', { transit: { ...settings.transit!, tls } }).status()))).toBe('unreachable');
    }
  });

  it('is let in nowhere with wrong credentials', async () => {
    const { settings } = backends.get('awskms')!;
    const aws = made('awskms', { aws: { ...settings.aws!, credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: 'x'.repeat(40) } } });
    expect(faultOf(await failureOf(aws.status()))).toBe('refused');
    const azure = made('azurekv', { azure: { ...settings.azure!, credential: { getToken: () => Promise.resolve({ token: 'other', expiresOnTimestamp: Date.now() + 3_600_000 }) } } });
    expect(faultOf(await failureOf(azure.status()))).toBe('refused');
    const gcp = made('gcpkms', { gcp: { ...settings.gcp!, sslCreds: credentials.createSsl(Buffer.from((settings.azure!.client!.tlsOptions as { ca: string }).ca)) } });
    expect(faultOf(await failureOf(gcp.status()))).toBe('refused');
  });
});
