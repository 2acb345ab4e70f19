import { rm } from 'node:fs/promises';

/** Removes the installation that the stories began with. */
export default async function forgetPrepared(): Promise<void> {
  if (globalThis.byokPreparedFolder) await rm(globalThis.byokPreparedFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
