import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const CLIENT = join(import.meta.dirname, 'http-client.ts');

/** In a process of its own: what nobody hears of ends the whole process, and not one test. */
function run(code: string): { code: number | null; said: string } {
  const script = `import { Exchange } from ${JSON.stringify(CLIENT)};
    import { AppError } from '@byok/kernel';
    const gone = new AppError('client_gone', 'The client closed the connection.');
    const exchange = new Exchange({ pool: { dispatch() {} }, path: '/' }, { maxWholeBytes: 1, maxStreamBytes: 1 }, { now: () => 0 });
    ${code}
    await new Promise((resolve) => setTimeout(resolve, 50));`;
  const child = spawnSync(process.execPath, ['--conditions=@byok/source', '--import', '@swc-node/register/esm-register', '--input-type=module', '-e', script], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' } });
  return { code: child.status, said: child.stdout + child.stderr };
}

describe('an exchange with a provider', () => {
  it('does not end the gateway when a client leaves between the preparation of an attempt and its sending', () => {
    expect(run('exchange.abort(gone);')).toEqual({ code: 0, said: '' });
  });

  it('still tells whoever waits for the answer', () => {
    expect(run('exchange.abort(gone); await exchange.answer.catch((error) => console.log(error.code));')).toEqual({ code: 0, said: 'client_gone\n' });
  });
});
