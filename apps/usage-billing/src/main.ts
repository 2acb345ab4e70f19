import 'reflect-metadata';

import { createLog, loadServiceConfig, runService } from '@byok/platform';

import { BillingConfig } from './billing.config.js';
import { startBilling } from './start-billing.js';

runService('usage-billing', async () => {
  const config = loadServiceConfig(BillingConfig);
  return startBilling(config, createLog('usage-billing', config.LOG_LEVEL));
});
