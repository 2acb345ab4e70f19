import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdminApi } from '../admin-api.js';
import { Refused } from '../refusals.js';
import { runCli } from '../run-cli.js';
import type { OfferedProvider } from './found-key.js';
import { oldKey } from './open-old-blob.js';

const folder = mkdtempSync(join(tmpdir(), 'byok-import-spec-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PROVIDERS: OfferedProvider[] = [
  { id: 'openai', name: 'OpenAI', fields: [{ name: 'api_key', required: true, secret: true }], environment: { OPENAI_API_KEY: 'api_key' } },
  {
    id: 'azure-openai',
    name: 'Azure OpenAI',
    fields: [{ name: 'api_key', required: true, secret: true }, { name: 'endpoint_url', required: true, secret: false }],
    environment: { AZURE_OPENAI_API_KEY: 'api_key', AZURE_API_KEY: 'api_key', AZURE_OPENAI_ENDPOINT: 'endpoint_url' },
  },
  {
    id: 'aws-bedrock',
    name: 'AWS Bedrock',
    fields: [{ name: 'access_key_id', required: false, secret: true }, { name: 'secret_access_key', required: false, secret: true }, { name: 'region', required: true, secret: false }],
    environment: { AWS_ACCESS_KEY_ID: 'access_key_id', AWS_SECRET_ACCESS_KEY: 'secret_access_key', AWS_REGION: 'region' },
  },
];

const cbcKey = randomBytes(32);
function cbc(text: string, key = cbcKey): { iv: string; sealed: string } {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key, iv, {});
  return { iv: iv.toString('hex'), sealed: Buffer.concat([cipher.update(text), cipher.final()]).toString('hex') };
}
const colon = ({ iv, sealed }: { iv: string; sealed: string }) => `${iv}:${sealed}`;

const fernetKey = randomBytes(32);
function fernet(text: string, key = fernetKey): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-cbc', key.subarray(16), iv, {});
  const signed = Buffer.concat([Buffer.from([0x80]), Buffer.alloc(8), iv, cipher.update(text), cipher.final()]);
  return Buffer.concat([signed, createHmac('sha256', key.subarray(0, 16)).update(signed).digest()]).toString('base64url').padEnd(100, '=');
}

let files = 0;
function fileOf(content: unknown): string {
  const path = join(folder, String((files += 1)));
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** What admin-api was asked to store, what was printed, and how it ended. */
async function run(words: readonly string[], refuse?: (body: { apiKey: string }) => string | undefined) {
  const stored: Record<string, unknown>[] = [];
  const printed: string[] = [];
  const call = (_method: string, path: string, body?: unknown) => {
    if (path === '/api/byok/providers') return Promise.resolve({ providers: PROVIDERS });
    const refusal = refuse?.(body as { apiKey: string });
    if (refusal) return Promise.reject(new Refused(refusal));
    stored.push(body as Record<string, unknown>);
    return Promise.resolve({ id: `key_${stored.length}`, lastTestOutcome: 'valid' });
  };
  const error = await runCli(words, { connect: () => ({ call }) as unknown as AdminApi, print: (text) => printed.push(text) }).then(() => undefined, (reason: Error) => reason);
  return { stored, printed: printed.join('\n'), error };
}

const importing = (file: string, key: string, ...more: string[]) => ['import', file, '--old-key-file', fileOf(key), ...more];

describe('keys of an older system', () => {
  const bedrock = JSON.stringify({ access_key_id: 'AKIAEXAMPLE', secret_access_key: 'old-secret', region: 'eu-west-1' });

  it('E25 sealed with AES-256-CBC are stored from a file by user and provider, and from rows', async () => {
    const file = fileOf({
      users: { u1: { openai: { name: 'Production', encryptedKey: colon(cbc('sk-one')) }, azure: { key: { iv: cbc('x').iv, note: 'none' } } } },
      groups: [{ provider: 'bedrock-unknown', value: colon(cbc('lost')) }, { provider: 'aws-bedrock', name: 'Team', key: { ...rename(cbc(bedrock)) } }],
    });
    const { stored, printed, error } = await run(importing(file, cbcKey.toString('hex'), '--owner', 'group:grp_1'));
    expect(stored).toEqual([
      { owner: { type: 'group', id: 'grp_1' }, provider: 'openai', apiKey: 'sk-one', label: 'Production', config: {}, skipTest: false },
      { owner: { type: 'group', id: 'grp_1' }, provider: 'aws-bedrock', apiKey: { access_key_id: 'AKIAEXAMPLE', secret_access_key: 'old-secret' }, label: 'Team', config: { region: 'eu-west-1' }, skipTest: false },
    ]);
    expect(printed).toContain('groups.0.value');
    expect(error).toMatchObject({ name: 'Refused', message: '1 of 3 keys were not stored.' });
    expect(printed).not.toMatch(/sk-one|old-secret/);
  });

  it('E25 sealed with Fernet are stored; a token under another key is named and not guessed', async () => {
    const file = fileOf([{ provider: 'openai', api_key_encrypted: fernet('sk-two') }, { provider: 'openai', api_key_encrypted: fernet('sk-three', randomBytes(32)) }]);
    const { stored, printed, error } = await run(importing(file, fernetKey.toString('base64url')));
    expect(stored.map((key) => key['apiKey'])).toEqual(['sk-two']);
    expect(printed).toContain('1.api_key_encrypted  it does not open under the old key');
    expect(error).toBeInstanceOf(Refused);
  });

  it('E25 opens what the Fernet specification gives as its example', () => {
    const old = oldKey('cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=');
    expect(old.open('gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==')).toBe('hello');
  });

  it('E25 a wrong key opens nothing, for either kind, and no message holds a value', async () => {
    const file = fileOf([{ provider: 'openai', key: colon(cbc('sk-four')) }, { provider: 'openai', key: fernet('sk-five') }]);
    for (const key of [randomBytes(32).toString('hex'), randomBytes(32).toString('base64url')]) {
      const { stored, printed } = await run(importing(file, key));
      expect(stored).toEqual([]);
      expect(printed).not.toMatch(/sk-four|sk-five/);
      expect(printed).not.toContain(key);
    }
  });

  it('E25 the old file goes only when every key was stored', async () => {
    const file = fileOf([{ provider: 'openai', key: colon(cbc('sk-six')) }]);
    const hex = cbcKey.toString('hex');
    await run(importing(file, hex, '--shred', '--dry-run'));
    await run(importing(file, hex, '--shred'), () => 'OpenAI says that it is not valid.');
    expect(existsSync(file)).toBe(true);
    expect((await run(importing(file, hex, '--shred'))).error).toBeUndefined();
    expect(existsSync(file)).toBe(false);
  });

  it('says what is wrong with the file or its key before anything is asked', async () => {
    const file = fileOf([]);
    for (const words of [['import', file], importing(file, 'short'), ['import', 'nowhere', '--old-key-file', fileOf(cbcKey.toString('hex'))], importing(file, cbcKey.toString('hex'), '--owner', 'everybody')]) {
      expect((await run(words)).error).toMatchObject({ name: 'UsageError' });
    }
  });
});

function rename({ iv, sealed }: { iv: string; sealed: string }): { iv: string; encryptedData: string } {
  return { iv, encryptedData: sealed };
}

describe('keys of the environment', () => {
  const env = 'OPENAI_API_KEY=sk-env\nAWS_ACCESS_KEY_ID=AKIAENV\nAWS_SECRET_ACCESS_KEY="s+e/c"\nAWS_REGION=us-east-1\nAZURE_OPENAI_ENDPOINT=https://x.openai.azure.com\nOTHER=1\n';

  it('are stored from a .env file, fields of one provider together, endpoints alone not', async () => {
    const { stored, printed, error } = await run(['import-env', '--file', fileOf(env), '--owner', 'org', '--skip-test']);
    expect(error).toBeUndefined();
    expect(stored).toEqual([
      { owner: { type: 'org' }, provider: 'openai', apiKey: 'sk-env', label: 'OpenAI, from the environment', config: {}, skipTest: true },
      { owner: { type: 'org' }, provider: 'aws-bedrock', apiKey: { access_key_id: 'AKIAENV', secret_access_key: 's+e/c' }, label: 'AWS Bedrock, from the environment', config: { region: 'us-east-1' }, skipTest: true },
    ]);
    expect(printed).not.toMatch(/sk-env|AKIAENV/);
  });

  it('are only named with --dry-run', async () => {
    const { stored, printed } = await run(['import-env', '--file', fileOf(env), '--dry-run']);
    expect(stored).toEqual([]);
    expect(printed).toContain('OPENAI_API_KEY');
  });

  it('a refused key is told with admin-api’s own words, and the others are stored', async () => {
    const { stored, printed, error } = await run(['import-env', '--file', fileOf(env)], ({ apiKey }) => (apiKey === 'sk-env' ? 'OpenAI says that it is not valid.' : undefined));
    expect(stored.map((key) => key['provider'])).toEqual(['aws-bedrock']);
    expect(printed).toContain('not stored: OpenAI says that it is not valid.');
    expect(error).toMatchObject({ message: '1 of 2 keys were not stored.' });
  });
});
