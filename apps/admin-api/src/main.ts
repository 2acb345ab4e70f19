import 'reflect-metadata';
import { loadConfig, runService } from '@byok/platform';
import { AdminConfig } from './config.js';
import { startAdminApi } from './start-admin-api.js';

runService('admin-api', async () => startAdminApi(loadConfig(AdminConfig)));
