import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Stories run the built product, as `npm start` does: build what changed before the first of them. */
export default function build(): void {
  const root = join(import.meta.dirname, '..', '..');
  execFileSync(process.execPath, [join(root, 'tools', 'build.mjs')], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } });
}
