import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Random, WrapContext } from '@byok/envelope';
import type { OrgId } from '@byok/kernel';
import { kmsSuite } from '@byok/envelope/kms.suite';

import { chooseKms } from './choose-kms.js';
import { customerKeks } from './customer-keks.js';
import { envKms } from './env-kms.js';
import { localKms } from './local-kms.js';

const random: Random = { bytes: (length) => randomBytes(length) };
const deps = { random, clock: { now: () => Date.now() } };
const hex = () => randomBytes(32).toString('hex');
const CONTEXT: WrapContext = { deploymentId: 'd', orgId: 'org_a', dekId: `dek_${'0'.repeat(32)}`, dekVersion: 1, kekScope: 'tenant' };
const folder = mkdtempSync(join(tmpdir(), 'byok-keyring-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function keyring(content: unknown, mode = 0o600): string {
  const path = join(folder, `keyring-${(files += 1)}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(path, mode);
  return path;
}

function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toMatchObject({ name: 'StartRefused' });
    return (error as Error).message;
  }
  throw new Error('It was accepted.');
}

kmsSuite('local-kms', () => localKms(keyring({ active: 'k1', keys: { k1: hex() } }), random));
kmsSuite('env-kms', () => envKms({ BYOK_ENCRYPTION_KEY: hex() }, random));

describe('a keyring', () => {
  it('unwraps under an old KEK and wraps under the active one', async () => {
    const keys = { old: hex(), new: hex() };
    const before = localKms(keyring({ active: 'old', keys: { old: keys.old } }), random);
    const after = localKms(keyring({ active: 'new', keys }), random);
    const seed = randomBytes(32);
    const wrapped = await before.wrap(seed, CONTEXT);
    expect((await after.unwrap(wrapped, CONTEXT)).equals(seed)).toBe(true);
    expect((await after.wrap(seed, CONTEXT)).kekVersion).toBe('local:new');
  });

  it('does not unwrap a tenant\'s seed as the platform\'s, nor one org\'s as another\'s', async () => {
    const kms = envKms({ BYOK_ENCRYPTION_KEY: hex() }, random);
    const wrapped = await kms.wrap(randomBytes(32), CONTEXT);
    await expect(kms.unwrap(wrapped, { ...CONTEXT, kekScope: 'platform' })).rejects.toMatchObject({ code: 'integrity_failed' });
    await expect(kms.unwrap(wrapped, { ...CONTEXT, orgId: 'org_b' })).rejects.toMatchObject({ code: 'integrity_failed' });
  });

  it('derives the same KEK from the same pass phrase and salt', async () => {
    const variables = { BYOK_ENCRYPTION_PASSWORD: 'tr0ub4dor & three horses', BYOK_ENCRYPTION_SALT: 'f3a9c1d27b6e4850aa' };
    const wrapped = await envKms(variables, random).wrap(Buffer.alloc(32, 7), CONTEXT);
    expect((await envKms(variables, random).unwrap(wrapped, CONTEXT)).equals(Buffer.alloc(32, 7))).toBe(true);
  });
});

describe('E18 the boot refuses', () => {
  const sample = '0123456789abcdef'.repeat(4);
  it.each<[string, string]>([
    ['an empty KEK', ''],
    ['a short KEK', 'ab'.repeat(16)],
    ['a long KEK', 'ab'.repeat(33)],
    ['base64 instead of hex', randomBytes(32).toString('base64')],
    ['"changeme"', 'changeme'],
    ['an all-zero KEK', '00'.repeat(32)],
    ['a sample from documentation', sample],
    ['the seed\'s sample', 'your-256-bit-hex-key'],
    ['a counting sample', Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('hex')],
    ['text in hex', Buffer.from('correct horse battery staple 123').toString('hex')],
    ['a KEK of few distinct bytes', Buffer.from(Array.from({ length: 32 }, (_, at) => (at * at) % 9)).toString('hex')],
  ])('%s, naming the variable and never the value', (_what, value) => {
    const message = refusalOf(() => chooseKms({ BYOK_KEK: 'env:', BYOK_ENCRYPTION_KEY: value, BYOK_KMS_TIMEOUT_MS: 100 }, deps));
    expect(message).toContain('BYOK_ENCRYPTION_KEY');
    if (value) expect(message).not.toContain(value);
    if (value.length === 64) expect(refusalOf(() => localKms(keyring({ active: 'k', keys: { k: value } }), random))).toContain('BYOK_KEK');
  });

  it.each([['BYOK_ENCRYPTION_PASSWORD', 'your-encryption-password'], ['BYOK_ENCRYPTION_PASSWORD', 'short'], ['BYOK_ENCRYPTION_SALT', 'your-encryption-salt'], ['BYOK_ENCRYPTION_SALT', 'aaaaaaaaaaaaaaaaaaaa']])(
    'a weak %s',
    (name, value) => {
      const good = { BYOK_ENCRYPTION_PASSWORD: 'tr0ub4dor & three horses', BYOK_ENCRYPTION_SALT: 'f3a9c1d27b6e4850aa' };
      const message = refusalOf(() => envKms({ ...good, [name]: value }, random));
      expect(message).toContain(name);
      expect(message).not.toContain(value);
    },
  );

  it('a keyring that others may read', () => {
    for (const mode of [0o644, 0o640, 0o604]) expect(refusalOf(() => localKms(keyring({ active: 'k', keys: { k: hex() } }, mode), random))).toContain('mode 0400 or 0600');
    expect(() => localKms(keyring({ active: 'k', keys: { k: hex() } }, 0o400), random)).not.toThrow();
  });

  it('a keyring that is missing, malformed, or lacks its active kid, without quoting it', () => {
    const key = hex();
    for (const content of ['', '{', key, { active: 'b', keys: { a: key } }, { active: 'a', keys: { a: key.slice(2) } }, { active: 'a', keys: { a: key }, more: 1 }]) {
      expect(refusalOf(() => localKms(keyring(content), random))).not.toContain(key.slice(2, 20));
    }
    expect(refusalOf(() => localKms(join(folder, 'none'), random))).toContain('BYOK_KEK');
  });

  it('an unknown BYOK_KEK, and two KEKs at once', () => {
    for (const uri of ['', 'local:', 'file:/x', 'awskms:x', 'awskms:alias/../x', 'gcpkms:x', 'azurekv:http://v/keys/k', 'vault-transit:http://bao.example/transit/k', 'vault-transit:https://bao/transit']) expect(refusalOf(() => chooseKms({ BYOK_KEK: uri, BYOK_KMS_TIMEOUT_MS: 100 }, deps))).toContain('BYOK_KEK');
    expect(refusalOf(() => envKms({ BYOK_ENCRYPTION_KEY: hex(), BYOK_ENCRYPTION_PASSWORD: 'tr0ub4dor & three horses' }, random))).toContain('not both');
  });
});

describe('the KEKs that the operator configured', () => {
  const variables = { BYOK_KEK: 'env:', BYOK_ENCRYPTION_KEY: hex(), BYOK_KMS_TIMEOUT_MS: 100 };
  const ALIAS = 'awskms:alias/byok';
  const GCP = 'gcpkms:projects/p/locations/l/keyRings/r/cryptoKeys/k';

  it('are one that wraps, one for the platform’s own keys, and those that only unwrap', async () => {
    const kms = chooseKms({ ...variables, BYOK_KEK: ALIAS, BYOK_PLATFORM_KEK: 'azurekv:https://v.vault.azure.net/keys/k', BYOK_KEK_OLD: `env:, ${GCP}` }, deps);
    expect([kms.active.uri, (await kms.forOrg('platform')).uri, kms.all.length]).toEqual([ALIAS, 'azurekv:https://v.vault.azure.net/keys/k', 4]);
    expect(kms.of(GCP).uri).toBe(GCP);
    expect(kms.of('env:').uri).toBe('env:');
    expect(() => kms.of('awskms:alias/other')).toThrow('not available');
    expect(chooseKms({ ...variables, BYOK_KEK_OLD: 'env:', BYOK_PLATFORM_KEK: 'env:' }, deps).all).toHaveLength(1);
  });

  it('E18 are refused when two have one name, when a Transit has no token or two, or half a certificate', () => {
    const [one, two] = [keyring({ active: 'k', keys: { k: hex() } }), keyring({ active: 'k', keys: { k: hex() } })];
    const transit = { BYOK_KEK: 'vault-transit:https://bao.example/transit/k' };
    expect(refusalOf(() => chooseKms({ ...variables, BYOK_KEK: `local:${one}`, BYOK_KEK_OLD: `local:${two}` }, deps))).toContain('BYOK_KEK_OLD');
    for (const [more, named] of [[{}, 'BYOK_TRANSIT_TOKEN'], [{ BYOK_TRANSIT_TOKEN: 'x', BYOK_TRANSIT_TOKEN_PATH: '/x' }, 'not both'], [{ BYOK_TRANSIT_TOKEN: 'x', BYOK_TRANSIT_CERT: 'x' }, 'BYOK_TRANSIT_KEY']] as const) {
      expect(refusalOf(() => chooseKms({ ...variables, ...transit, ...more }, deps))).toContain(named);
    }
  });
});

describe('the KEKs that an org may bring', () => {
  const settings = { clock: deps.clock, timeoutMs: 100, transit: { token: { value: 't' }, namespace: undefined, tls: {} } };
  const [mine, other] = [`org_${'a'.repeat(32)}`, `org_${'b'.repeat(32)}`] as [OrgId, OrgId];
  const ARN = 'awskms:arn:aws:kms:eu-central-1:123456789012:key/abc';

  it.each<[string, string, boolean]>([
    ['awskms:', ARN, true],
    ['awskms:arn:aws:kms:*:123456789012:key/*', ARN, true],
    ['awskms:arn:aws:kms:*:999999999999:key/*', ARN, false],
    ['awskms:alias/{org}', `awskms:alias/${mine}`, true],
    ['awskms:alias/{org}', `awskms:alias/${other}`, false],
    ['vault-transit:https://bao.example:8200/', 'vault-transit:https://bao.example:8200/transit/k', true],
    ['vault-transit:https://bao.example:8200/transit/{org}', `vault-transit:https://bao.example:8200/transit/${mine}`, true],
    ['vault-transit:https://bao.example:8200/', 'vault-transit:https://bao.example.evil.example:8200/transit/k', false],
    ['vault-transit:https://bao.example:8200/', 'vault-transit:https://bao.example:8200@evil.example/transit/k', false],
    ['vault-transit:https://bao.example:8200/', 'vault-transit:https://bao.example:8200/sys/../transit/k', false],
    ['azurekv:https://*.vault.azure.net/', 'azurekv:https://acme.vault.azure.net/keys/k', true],
    ['azurekv:https://*.vault.azure.net/', 'azurekv:https://evil.example/x.vault.azure.net/keys/k', false],
    ['azurekv:https://*.vault.azure.net/', 'azurekv:https://a.b.vault.azure.net/keys/k', false],
    ['azurekv:https://acme.vault.azure.net/', 'azurekv:https://acmeXvault.azure.net/keys/k', false],
    ['gcpkms:projects/acme/', 'gcpkms:projects/acme/locations/l/keyRings/r/cryptoKeys/k', true],
    ['gcpkms:projects/acme/', 'gcpkms:projects/other/locations/l/keyRings/r/cryptoKeys/k', false],
    ['', ARN, false],
  ])('%j and %j', (patterns, kekUri, isAllowed) => expect(customerKeks(patterns, settings).at(kekUri, mine) !== undefined).toBe(isAllowed));

  it('are never on a host that nobody named, and never the operator’s own', () => {
    for (const pattern of ['vault-transit:', 'azurekv:', 'vault-transit:https://*', 'vault-transit:https://*/', 'env:', 'local:/x', 'awskms:,vault-transit:https://']) expect(refusalOf(() => customerKeks(pattern, settings))).toContain('BYOK_ORG_KEKS');
    const kms = chooseKms({ BYOK_KEK: ARN, BYOK_ORG_KEKS: 'awskms:', BYOK_KMS_TIMEOUT_MS: 100 }, deps);
    expect(kms.customersAt(ARN, mine)).toBeUndefined();
    expect(kms.customersAt('awskms:alias/mine', mine)?.uri).toBe('awskms:alias/mine');
    expect([kms.isCustomers(ARN), kms.isCustomers('awskms:alias/mine')]).toEqual([false, true]);
  });
});
