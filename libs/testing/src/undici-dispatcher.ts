import { runInThisContext } from 'node:vm';

/** Jest's own globals lack the member by which Node's fetch finds its connections, and @google/genai asks for it. */
export function shareUndiciDispatcher(): void {
  const name = Symbol.for('undici.globalDispatcher.1');
  // Making headers is what loads it.
  const outer = runInThisContext('new Headers(); globalThis') as Record<symbol, unknown>;
  (globalThis as Record<symbol, unknown>)[name] ??= outer[name];
}
