import { loadCertificates, openDatabase, serveGrpc, type Log, type RunningService } from '@byok/platform';
import type { BillingConfig } from './billing.config.js';
import { BillingController } from './billing.controller.js';
import { BillingModule } from './billing.module.js';
import { startWorker } from './start-worker.js';

/** Usage and billing, listening and taking usage from the queue. */
export async function startBilling(config: BillingConfig, log: Log): Promise<RunningService> {
  const certificates = loadCertificates(config);
  const db = await openDatabase({ url: config.DATABASE_URL, applicationName: 'usage-billing', log });
  try {
    const server = await serveGrpc({
      module: BillingModule.with({ db }),
      controller: BillingController,
      protocol: 'usage_billing',
      host: config.GRPC_HOST,
      port: config.GRPC_PORT,
      portVariable: 'GRPC_PORT',
      certificates,
      log,
    });
    const worker = startWorker({ db, log, queue: { databaseUrl: config.QUEUE_DATABASE_URL ?? config.DATABASE_URL, redisUrl: config.REDIS_URL } });
    log.info({ port: config.GRPC_PORT, queue: config.REDIS_URL ? 'redis' : 'postgresql' }, 'listening');
    return {
      stop: async () => {
        await worker.close();
        await server.close();
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}
