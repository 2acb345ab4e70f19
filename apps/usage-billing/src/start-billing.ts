import { CallerGuard, GrpcErrorFilter, assertCallersDeclared, grpcServerOptions, loadCertificates, openDatabase, type Log, type RunningService } from '@byok/platform';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { BillingConfig } from './billing.config.js';
import { BillingController, type BillingDeps } from './billing.controller.js';
import { BillingModule } from './billing.module.js';
import { startWorker } from './start-worker.js';

/** Usage and billing, listening and taking usage from the queue. */
export async function startBilling(config: BillingConfig, log: Log): Promise<RunningService> {
  const certificates = loadCertificates(config);
  const db = await openDatabase({ url: config.DATABASE_URL, applicationName: 'usage-billing', log });
  try {
    const server = await listen({ db }, log, grpcServerOptions({ protocol: 'usage_billing', host: config.GRPC_HOST, port: config.GRPC_PORT, certificates }));
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

async function listen(deps: BillingDeps, log: Log, options: MicroserviceOptions): Promise<INestMicroservice> {
  assertCallersDeclared(BillingController);
  const server = await NestFactory.createMicroservice<MicroserviceOptions>(BillingModule.with(deps), { ...options, logger: false, abortOnError: false });
  server.useGlobalGuards(new CallerGuard());
  server.useGlobalFilters(new GrpcErrorFilter(log));
  await server.listen();
  return server;
}
