import { join } from 'node:path';
import { hookArgument } from '../loop-control.js';
import { CORES } from '../processes.js';
import { launchNode, portOf, SOURCE_ARGUMENTS } from './node-process.js';
import type { Subject, Surroundings } from './subject.js';

/** The bare pass-through proxy of this folder. */
export async function startBare({ upstreamPort, folder }: Surroundings): Promise<Subject> {
  const script = join(import.meta.dirname, '../bare-proxy.ts');
  const { child, pid, stop } = launchNode({ name: 'bare', folder, core: CORES.proxy, nodeArguments: [...SOURCE_ARGUMENTS, hookArgument(folder), script, String(upstreamPort)] });
  const url = `http://127.0.0.1:${await portOf(child, 'The bare proxy')}`;
  return { name: 'bare', about: `node:http + undici dispatch, Node ${process.versions.node}`, url, streamUrl: url, headers: { authorization: 'Bearer byok-bench' }, pids: [pid], helpers: () => [], hookFolder: folder, stop };
}
