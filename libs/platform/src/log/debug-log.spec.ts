import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** In a process of its own: pino writes past everything that a spec could listen to. */
function logged(code: string): string {
  const script = `import { createLog } from ${JSON.stringify(join(import.meta.dirname, 'create-log.ts'))};
    import { AppError, Secret } from '@byok/kernel';
    const log = createLog('spec', 'debug');
    const KEY = 'sk-canary-0123456789';
    const caught = (work) => { try { work(); } catch (error) { return error; } };
    ${code}`;
  const child = spawnSync(process.execPath, ['--conditions=@byok/source', '--import', '@swc-node/register/esm-register', '--input-type=module', '-e', script], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' } });
  expect(child.status).toBe(0);
  return child.stdout + child.stderr;
}

describe('the log at its most talkative level', () => {
  it('D04 C07 writes one line an event and no secret, in whatever it is wrapped', () => {
    const text = logged(`
      const errors = [
        caught(() => new Headers({ 'x-api-key': KEY + '\\n2' })), caught(() => JSON.parse(KEY)), caught(() => new URL(KEY)), caught(() => Buffer.from(Symbol(KEY))), caught(() => { throw KEY; }),
        Object.assign(new Error(KEY), { config: { headers: { authorization: KEY } }, parameters: [KEY], query: KEY, detail: KEY, response: { body: KEY } }),
        new AggregateError([new Error(KEY)], KEY), new Error('outer', { cause: new Error(KEY, { cause: { KEY } }) }), new AppError('internal', 'Said aloud.', { cause: new Error(KEY), details: { KEY } }),
        Object.assign(new TypeError(KEY), { stack: 'TypeError: ' + KEY + '\\n    at real (file.ts:1:1)' }),
      ];
      for (const level of ['debug', 'info', 'warn', 'error']) {
        for (const error of errors) log[level]({ error }, 'failed');
        log[level]({ body: { apiKey: KEY }, headers: new Headers({ authorization: KEY }), buffer: Buffer.from(KEY), url: new URL('https://host/?key=' + KEY), map: new Map([[KEY, KEY]]), nested: [[KEY], { KEY }], secret: new Secret(KEY), by: () => KEY, at: Symbol(KEY) }, 'seen');
        log[level]({ label: 'two\\nlines\\r\\nand {"level":60}' }, 'told');
      }`);
    const lines = text.trim().split('\n');
    expect(lines).toHaveLength(4 * 12);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ service: 'spec', msg: expect.stringMatching(/^(failed|seen|told)$/) as string });
    expect(text).not.toContain('canary');
    expect(text).not.toContain(Buffer.from('sk-canary').toString('base64').slice(0, 8));
    expect(text).toContain('Said aloud.');
  });
});
