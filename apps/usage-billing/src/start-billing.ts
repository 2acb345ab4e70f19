import { loadCertificates, makeDialer, openDatabase, serveGrpc, systemClock, type Log, type RunningService } from '@byok/platform';
import type { BillingConfig } from './billing.config.js';
import { BillingController } from './billing.controller.js';
import { BillingModule } from './billing.module.js';
import { BudgetsController } from './budgets/budgets.controller.js';
import { openMailer } from './outbox/send-mail.js';
import { startOutbox } from './outbox/start-outbox.js';
import { startWorker } from './start-worker.js';
import { webhookSecrets } from './webhooks/webhook-secrets.js';

const CONNECT_TIMEOUT_MS = 5_000;

/** Usage and billing, listening and taking usage from the queue. */
export async function startBilling(config: BillingConfig, log: Log): Promise<RunningService> {
  const certificates = loadCertificates(config);
  const db = await openDatabase({ url: config.DATABASE_URL, applicationName: 'usage-billing', log });
  try {
    const outside = {
      dialer: makeDialer({ exceptions: config.WEBHOOK_EGRESS_ALLOW, connectTimeoutMs: CONNECT_TIMEOUT_MS }),
      secrets: config.WEBHOOK_SECRET ? webhookSecrets(config.WEBHOOK_SECRET) : null,
      clock: systemClock,
    };
    const server = await serveGrpc({
      module: BillingModule.with({ db }, { db, ...outside }),
      controller: [BillingController, BudgetsController],
      protocol: 'usage_billing',
      host: config.GRPC_HOST,
      port: config.GRPC_PORT,
      portVariable: 'GRPC_PORT',
      certificates,
      log,
    });
    const worker = startWorker({ db, log, queue: { databaseUrl: config.QUEUE_DATABASE_URL ?? config.DATABASE_URL, redisUrl: config.REDIS_URL } });
    const outbox = startOutbox({ db, log, ...outside, mailer: config.SMTP_URL ? openMailer({ smtpUrl: config.SMTP_URL, from: config.MAIL_FROM }) : null });
    log.info({ port: config.GRPC_PORT, queue: config.REDIS_URL ? 'redis' : 'postgresql' }, 'listening');
    return {
      stop: async () => {
        await Promise.all([worker.close(), outbox.close()]);
        await server.close();
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}
