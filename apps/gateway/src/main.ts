import 'reflect-metadata';
import { createLog, loadConfig, runService } from '@byok/platform';
import { GatewayConfig } from './config.js';
import { startGateway } from './start-gateway.js';

runService('gateway', async () => {
  const config = loadConfig(GatewayConfig);
  return startGateway(config, createLog('gateway', config.LOG_LEVEL));
});
