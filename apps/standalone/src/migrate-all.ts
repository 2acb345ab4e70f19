import { migrate, migrateQueue } from '@byok/platform';
import { fileURLToPath } from 'node:url';

const workspace = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Every schema's migrations, in the order in which grants depend on them; run as the owner before any service starts. */
export async function migrateAll(ownerUrl: string): Promise<void> {
  await migrate({ url: ownerUrl, folders: ['libs/identity/migrations', 'apps/key-vault/migrations', 'apps/usage-billing/migrations', 'apps/gateway/migrations'].map(workspace) });
  await migrateQueue(ownerUrl);
}
