// Brings a database up to date and ends: the Kubernetes job that runs before the services.
import { createLog, loadServiceConfig, runService } from '@byok/platform';
import { MigrateConfig } from './config.js';
import { migrateAll } from './migrate-all.js';

runService('migrate', async () => {
  await migrateAll(loadServiceConfig(MigrateConfig).DATABASE_URL);
  createLog('migrate').info({}, 'the database is up to date');
  process.exit(0);
});
