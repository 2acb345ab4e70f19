import 'reflect-metadata';
import { createLog, loadServiceConfig, runService } from '@byok/platform';
import { GatewayConfig } from './config.js';
import { startGateway } from './start-gateway.js';

runService('gateway', async () => {
  const config = loadServiceConfig(GatewayConfig);
  return startGateway(config, createLog('gateway', config.LOG_LEVEL));
});
