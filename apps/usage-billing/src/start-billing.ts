import { loadCertificates, makeDialer, EVERY_ORG, openDatabase, refuseForgetfulRedis, serveGrpc, systemClock, type Log, type RunningService } from '@byok/platform';
import type { BillingConfig } from './billing.config.js';
import { BILLING_CONTROLLERS, BillingModule } from './billing.module.js';
import { watchDrift } from './books/watch-drift.js';
import { startReaper } from './charge/start-reaper.js';
import { openMailer } from './outbox/send-mail.js';
import { startOutbox } from './outbox/start-outbox.js';
import { openPriceShelf } from './prices/load-prices.js';
import { startWorker } from './start-worker.js';
import { webhookSecrets } from './webhooks/webhook-secrets.js';

const CONNECT_TIMEOUT_MS = 5_000;
const REAP_EVERY_MS = 5_000;

/** Usage and billing, listening and taking usage from the queue. */
export async function startBilling(config: BillingConfig, log: Log): Promise<RunningService> {
  const certificates = loadCertificates(config);
  if (config.REDIS_URL) await refuseForgetfulRedis(config.REDIS_URL, log);
  // Events, holds and chores are of all orgs at once; a request that names its org sees that org's rows alone.
  const db = await openDatabase({ url: config.DATABASE_URL, applicationName: 'usage-billing', log, scope: EVERY_ORG });
  try {
    const outside = {
      dialer: makeDialer({ exceptions: config.WEBHOOK_EGRESS_ALLOW, connectTimeoutMs: CONNECT_TIMEOUT_MS }),
      secrets: config.WEBHOOK_SECRET ? webhookSecrets(config.WEBHOOK_SECRET) : null,
      clock: systemClock,
    };
    const server = await serveGrpc({
      module: BillingModule.with({ db, log }, { db, ...outside }, { db, prices: openPriceShelf(), leaseMs: config.HOLD_LEASE_MS, defaultMaxOutput: config.DEFAULT_MAX_OUTPUT_TOKENS }),
      controller: BILLING_CONTROLLERS,
      protocol: 'usage_billing',
      host: config.GRPC_HOST,
      port: config.GRPC_PORT,
      portVariable: 'GRPC_PORT',
      certificates,
      log,
    });
    const worker = startWorker({ db, log, queue: { databaseUrl: config.QUEUE_DATABASE_URL ?? config.DATABASE_URL, redisUrl: config.REDIS_URL } });
    const outbox = startOutbox({ db, log, ...outside, mailer: config.SMTP_URL ? openMailer({ smtpUrl: config.SMTP_URL, from: config.MAIL_FROM }) : null });
    const reaper = startReaper({ db, log, everyMs: REAP_EVERY_MS });
    const books = watchDrift({ db, log });
    log.info({ port: config.GRPC_PORT, queue: config.REDIS_URL ? 'redis' : 'postgresql' }, 'listening');
    return {
      stop: async () => {
        await Promise.all([worker.close(), outbox.close(), reaper.close(), books.close()]);
        await server.close();
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}
