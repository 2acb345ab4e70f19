import 'reflect-metadata';

import { createLog, loadServiceConfig, runService } from '@byok/platform';

import { startVault } from './start-vault.js';
import { VaultConfig } from './vault.config.js';

runService('key-vault', async () => {
  const config = loadServiceConfig(VaultConfig);
  return startVault(config, createLog('key-vault', config.LOG_LEVEL));
});
