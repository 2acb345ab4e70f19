import { USAGE_QUEUE, type UsageBatch } from '@byok/contracts';
import { EVERY_ORG, loadCertificates, openDatabase, openQueue, refuseForgetfulRedis, serveGrpc, systemClock, type Log, type RunningService } from '@byok/platform';
import { startChores } from './chores/start-chores.js';
import { connectBilling } from './clients/billing.js';
import { connectVault } from './clients/vault.js';
import type { GatewayConfig } from './config.js';
import { BatchedCallLog, NO_CALL_LOG, type CallLog } from './http/call-log.js';
import { ProbeController } from './probe/probe.controller.js';
import { ProbeModule } from './probe/probe.module.js';
import { serveGateway } from './serve-gateway.js';
import { probeLive } from './upstream/probe-live.js';

/** The gateway with everything it needs: database, vault, queue; calls on HTTP, probes on gRPC. */
export async function startGateway(config: GatewayConfig, log: Log): Promise<RunningService> {
  const certificates = loadCertificates(config);
  // Whose token a call brings is a question to all orgs, and the answer comes without a further round trip.
  const db = await openDatabase({ url: config.DATABASE_URL, applicationName: 'gateway', log, scope: EVERY_ORG });
  const vault = connectVault({ address: config.VAULT_ADDRESS, certificates });
  const billing = connectBilling({ address: config.BILLING_ADDRESS, certificates });
  if (config.REDIS_URL) await refuseForgetfulRedis(config.REDIS_URL, log);
  const queue = openQueue<UsageBatch>(USAGE_QUEUE, { databaseUrl: config.QUEUE_DATABASE_URL ?? config.DATABASE_URL, redisUrl: config.REDIS_URL }, log);
  const callLog = makeCallLog(config.LOG_LEVEL);
  const gateway = await serveGateway(config, { db, vault, billing, queue, clock: systemClock, callLog }, log);
  const probe = await serveGrpc({
    module: ProbeModule.with({ ...gateway.deps, vault, db }),
    controller: ProbeController,
    protocol: 'gateway_probe',
    host: config.PROBE_HOST,
    port: config.PROBE_PORT,
    portVariable: 'PROBE_PORT',
    certificates,
    log,
  });
  const chores = startChores({ db, vault, billing, probe: (provider, secret, config) => probeLive(provider, secret, config, gateway.deps), clock: systemClock, id: gateway.id, log });
  log.info({ port: gateway.port, probePort: config.PROBE_PORT }, 'listening');
  return {
    stop: async () => {
      await chores.close();
      await gateway.stop();
      await Promise.allSettled([probe.close(), queue.close(), db.close()]);
      vault.close();
      billing.close();
    },
  };
}

function makeCallLog(level: GatewayConfig['LOG_LEVEL']): CallLog {
  if (level === 'warn' || level === 'error') return NO_CALL_LOG;
  const callLog = new BatchedCallLog((lines) => process.stdout.write(lines, 'latin1'), process.pid, systemClock);
  process.on('exit', () => callLog.flush());
  return callLog;
}
