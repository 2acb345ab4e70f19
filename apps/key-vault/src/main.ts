import 'reflect-metadata';

import { createLog, loadConfig, runService } from '@byok/platform';

import { startVault } from './start-vault.js';
import { VaultConfig } from './vault.config.js';

runService('key-vault', async () => {
  const config = loadConfig(VaultConfig);
  return startVault(config, createLog('key-vault', config.LOG_LEVEL));
});
