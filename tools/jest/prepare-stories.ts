import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

declare global {
  var byokPreparedFolder: string | undefined;
}

const ROOT = join(import.meta.dirname, '..', '..');
// Jest sets NODE_OPTIONS for itself.
const environment = { ...process.env, NODE_OPTIONS: '' };

/** Stories run the built product, as `npm start` does: build what changed before the first of them, and let it start once for the first time. */
export default function prepareStories(): void {
  execFileSync(process.execPath, [join(ROOT, 'tools', 'build.mjs')], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: environment });
  const words = ['--conditions=@byok/source', '--import', '@swc-node/register/esm-register', join(import.meta.dirname, 'prepare-installation.ts')];
  globalThis.byokPreparedFolder = execFileSync(process.execPath, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], env: environment, encoding: 'utf8' });
}
