import { execFile } from 'node:child_process';
import { appendFile, copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import OpenAI from 'openai';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newFolder, startStandalone } from '../support/start-standalone.js';
import { newWorldWithKey } from '../support/world.js';

const REQUEST = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Remember me.' }] };

const { upstream, standalone } = standaloneOfSuite();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The command as an operator types it: what it printed, and how it ended. */
const byok = (...words: string[]) =>
  new Promise<{ code: number; said: string }>((resolve) => {
    execFile(process.execPath, ['apps/cli/dist/main.js', ...words], { env: { PATH: process.env['PATH'] ?? '' } }, (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr }));
  });

describe('a backup of a running product', () => {
  it('I15 is restored to what it was: the same token, keys and bill; a drill proves it, a changed file is refused', async () => {
    const { world, person } = await newWorldWithKey(standalone, 'Backed up');
    const clientOf = (url: string) => new OpenAI({ baseURL: `${url}/v1`, apiKey: person.token, maxRetries: 0 });
    for (let call = 0; call < 5; call++) await clientOf(standalone.gatewayUrl).chat.completions.create(REQUEST);
    const bill = await world.usage('org', 5);

    const backup = join(folder, 'backup');
    const calls = Array.from({ length: 20 }, () => clientOf(standalone.gatewayUrl).chat.completions.create(REQUEST));
    const taken = await byok('backup', backup, '--data-dir', standalone.dataDirectory);
    await Promise.all(calls);
    expect(taken).toMatchObject({ code: 0, said: expect.stringContaining('The keyring is NOT in it') as string });
    expect(await readdir(backup)).not.toContain('keyring.json');
    expect((await byok('backup', backup, '--data-dir', standalone.dataDirectory)).said).toContain('exists already');

    const keyring = join(folder, 'keyring.json');
    await copyFile(join(standalone.dataDirectory, 'keyring.json'), keyring);
    expect((await byok('restore', backup, '--drill')).said).toContain('without the KEK no key can be opened');
    const drilled = await byok('restore', backup, '--drill', '--keyring', keyring);
    expect(drilled).toMatchObject({ code: 0, said: expect.stringContaining('✔ every wallet is the sum of its postings') as string });
    expect(drilled.said).not.toContain('✘');

    expect(await byok('restore', backup, '--to', join(folder, 'data'), '--keyring', keyring)).toMatchObject({ code: 0 });
    const before = upstream.witness().length;
    const restored = await startStandalone({ upstream, folder });
    try {
      await clientOf(restored.gatewayUrl).chat.completions.create(REQUEST);
      expect(upstream.witness()).toHaveLength(before + 1);
      const [counted] = await restored.sql<{ count: string }>('SELECT count(*) FROM billing.usage_event');
      expect(Number(counted!.count)).toBeGreaterThanOrEqual(bill[0]!.requests);
    } finally {
      await restored.stop({ isKept: true });
    }

    await appendFile(join(backup, 'secrets.json'), ' ');
    expect(await byok('restore', backup, '--to', join(folder, 'other'), '--keyring', keyring)).toMatchObject({ code: 1, said: expect.stringContaining('secrets.json first') as string });
  });
});
