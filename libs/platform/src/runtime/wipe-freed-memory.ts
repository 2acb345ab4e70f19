import { setFlagsFromString } from 'node:v8';

/**
 * For a process through which secrets pass that it must not keep: what the garbage collector frees is overwritten, and small buffers
 * have memory of their own instead of a shared piece that lives on with its neighbours. What the C library frees is wiped where
 * MALLOC_PERTURB_ is set in the environment, which nothing can do from in here. Call it before anything else.
 */
export function wipeFreedMemory(): void {
  setFlagsFromString('--clear-free-memory');
  Buffer.poolSize = 0;
}
