import 'reflect-metadata';
import { loadServiceConfig, runService, wipeFreedMemory } from '@byok/platform';
import { AdminConfig } from './config.js';
import { startAdminApi } from './start-admin-api.js';

// Provider keys pass through on their way to the vault.
wipeFreedMemory();
runService('admin-api', async () => startAdminApi(loadServiceConfig(AdminConfig)));
