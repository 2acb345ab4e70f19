import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Random, WrapContext } from '@byok/envelope';
import { kmsSuite } from '@byok/envelope/kms.suite';

import { chooseKms } from './choose-kms.js';
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
