import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { AdminApi } from './admin-api.js';
import { runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'byok-cli-spec-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What was asked of admin-api, and what was printed. */
async function run(words: string, ...answers: unknown[]): Promise<{ asked: unknown[][]; printed: string }> {
  const asked: unknown[][] = [];
  const printed: string[] = [];
  const api = { call: async (...call: unknown[]) => (asked.push(call), answers.shift()) } as unknown as AdminApi;
  await runCli(words.split(' ').filter(Boolean), { connect: () => api, print: (text) => printed.push(text) });
  return { asked, printed: printed.join('\n') };
}

function fileOf(content: unknown): string {
  const path = join(folder, `${Math.random()}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const price = { provider: 'acme', model: 'm', layer: 'imported', org: null, rates: { input: '1', output: '2' }, effectiveFrom: '2026-01-01T00:00:00Z', source: 'list' };

describe('byok', () => {
  it('lists prices, every page, and drops what a terminal would obey', async () => {
    const { asked, printed } = await run('prices list --provider acme', { items: [price], next: 'x' }, { items: [{ ...price, model: 'n\u001b[2J', org: 'org_1', layer: 'contract' }], next: null });
    expect(asked.map((call) => call[1])).toEqual(['/api/prices?limit=200&provider=acme', '/api/prices?limit=200&provider=acme&after=x']);
    expect(printed.split('\n')).toEqual(['PROVIDER  MODEL  LAYER           INPUT  OUTPUT  FROM        SOURCE', 'acme      m      imported        1      2       2026-01-01  list', 'acme      n[2J   contract org_1  1      2       2026-01-01  list']);
  });

  it('shows with --diff what an import would change, and asks for a dry run', async () => {
    const file = { source: 'list', prices: [{ provider: 'acme', model: 'm', rates: { input: '2' } }] };
    const changes = [
      { change: 'changed', provider: 'acme', model: 'm', before: { input: '1', output: '2' }, after: { input: '2', output: '2' } },
      { change: 'withdrawn', provider: 'acme', model: 'old', before: { input: '1' }, after: null },
    ];
    const { asked, printed } = await run(`prices import --diff ${fileOf(file)}`, { source: 'list', isKnown: false, prices: 1, added: 1, withdrawn: 2, changes });
    expect(asked).toEqual([['POST', '/api/prices/imports', { file, dryRun: true }]]);
    expect(printed.split('\n')).toEqual(['~  acme/m    input 1 → 2, output 2', '-  acme/old  input 1', 'list: 1 prices, 1 to add, 2 to withdraw.']);
  });

  it('imports what comes with the product, without a file', async () => {
    const { asked, printed } = await run('prices import bundled', { source: 'genai-prices', isKnown: true, changes: [] });
    expect(asked).toEqual([['POST', '/api/prices/imports', { dryRun: false }]]);
    expect(printed).toBe('genai-prices: nothing new.');
  });

  it('says what is wrong and what to do, and fails when anything is', async () => {
    const well = { status: 'ok', database: 'ok', vault: 'ok', billing: 'ok', gateway: 'ok' };
    const me = { orgId: 'org_1', permissions: ['audit:read'] };
    const key = { id: 'key_1', provider: 'acme', status: 'undecryptable', health: null };
    const answers: Record<string, unknown> = { '/api/health': well, '/api/me': me, '/api/keys?limit=200': { items: [], next: null }, '/api/orgs/org_1/audit/verify': { ok: true } };
    const look = async (changes: Record<string, unknown>, skewMs = 0) => {
      const printed: string[] = [];
      const api = { call: (_method: string, path: string) => Promise.resolve({ ...answers, ...changes }[path]), serverTime: () => Promise.resolve(new Date(Date.now() + skewMs)) } as unknown as AdminApi;
      const error = await runCli(['doctor'], { connect: () => api, print: (text) => printed.push(text) }).then(() => undefined, (reason: Error) => reason.message);
      return { error, wrong: printed.filter((line) => line.startsWith('✘')) };
    };
    expect(await look({})).toEqual({ error: undefined, wrong: [] });
    expect((await look({ '/api/health': { ...well, vault: 'down' } })).wrong[0]).toContain('vault down. Look at the key-vault and its KEK');
    expect((await look({}, 600_000)).wrong[0]).toContain('600 s off');
    expect((await look({ '/api/keys?limit=200': { items: [key], next: null } })).wrong[0]).toContain('key_1 (acme, undecryptable)');
    expect(await look({ '/api/orgs/org_1/audit/verify': { ok: false } })).toMatchObject({ error: '1 of 5 checks failed.' });
  });

  it('proves the audit trail, or names the row and fails', async () => {
    const sound = { ok: true, rows: 7, firstBadSequence: null, reason: null };
    expect((await run('audit verify --org org_1', { ok: true, identity: sound, vault: sound })).printed).toBe('✔ identity: 7 rows\n✔ vault: 7 rows');
    await expect(run('audit verify --org org_1', { ok: false, identity: sound, vault: { ok: false, rows: 7, firstBadSequence: 3, reason: 'changed' } })).rejects.toMatchObject({ name: 'Refused' });
  });

  it('writes the audit trail to a new file that only its owner may read', async () => {
    const path = join(folder, 'audit.ndjson');
    const api = { download: (asked: string) => Promise.resolve(Readable.from([`{"asked":"${asked}"}\n`])) } as unknown as AdminApi;
    const take = () => runCli(['audit', 'export', path, '--org', 'org_1'], { connect: () => api, print: () => undefined });
    await take();
    expect(readFileSync(path, 'utf8')).toBe('{"asked":"/api/orgs/org_1/audit/export?format=ndjson"}\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(take()).rejects.toMatchObject({ name: 'UsageError' });
  });

  it('starts a rotation, follows it to its end and says what cannot be opened', async () => {
    const at = (phase: string, left: number) => ({ phase, version: 2, total: 3, left, undecryptable: 1, percent: phase === 'idle' ? 100 : 33 });
    const { asked, printed } = await run('keys rotate --org org_1', at('pending', 3), at('resealing', 2), at('idle', 0));
    expect(asked.map(([method, path]) => `${String(method)} ${String(path)}`)).toEqual(['POST /api/orgs/org_1/encryption/rotate', 'GET /api/orgs/org_1/encryption/rotation', 'GET /api/orgs/org_1/encryption/rotation']);
    expect(printed).toBe('Version 2 of the data key is in use. 1 keys could not be opened and have to be entered again.');
  });

  it('says of a KEK that it can go only when nothing needs it, and fails while something does', async () => {
    const kek = { kekVersion: '1', isActive: false, inBackupsUntil: '2027-01-01T00:00:00Z' };
    const state = (left: number) => ({ rewrap: { running: false, total: 2, left, percent: left ? 50 : 100, lastError: left ? 'the KMS does not answer' : null }, keks: [{ ...kek, kekUri: 'local:', rows: left, safeToDisable: left === 0 }] });
    expect((await run('keys rewrap', state(0), state(0))).printed.split('\n')[1]).toMatch(/^local: +1 +0 data keys +yes +2027-01-01$/);
    await expect(run('keys rewrap', state(1), state(1))).rejects.toMatchObject({ name: 'Refused', message: expect.stringContaining('the KMS does not answer') as string });
  });

  it('names keys that nothing opens, and fails', async () => {
    const lost = { id: 'key_1', orgId: 'org_1', provider: 'acme', label: 'l', statusReason: 'needs re-entry' };
    await expect(run('keys verify --org org_1', { vault: { ok: true } }, { total: 4, undecryptable: 1 }, { items: [lost], next: null })).rejects.toThrow('Enter those keys again');
    expect((await run('keys verify --org org_1', { vault: { ok: true } }, { total: 5, undecryptable: 0 }, { items: [], next: null })).printed).toBe('5 sealed values can be opened, 0 cannot.');
  });

  it('says where a file is wrong before anything is asked', async () => {
    await expect(run(`prices import ${fileOf('{')}`)).rejects.toMatchObject({ name: 'UsageError', message: expect.stringContaining('cannot be read as JSON') as string });
    await expect(run(`prices import ${fileOf({ source: 'x', prices: [{ provider: 'a', model: 'b', rates: { input: 'cheap' } }] })}`)).rejects.toThrow('prices.0.rates.input');
    await expect(run('prices import nowhere.json')).rejects.toMatchObject({ name: 'UsageError' });
  });

  it('explains itself without a configuration, and refuses what it does not know', async () => {
    const noApi = { connect: () => { throw new Error('must not be asked'); }, print: () => undefined };
    await runCli([], noApi);
    await runCli(['prices', '--help'], noApi);
    for (const words of [['nonsense'], ['prices'], ['prices', 'import'], ['prices', 'list', 'x'], ['prices', 'list', '--nope']]) await expect(runCli(words, noApi)).rejects.toMatchObject({ name: 'UsageError' });
  });
});
