import type { BillingForGateway, UsageBatch, VaultForGateway } from '@byok/contracts';
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { tallyDeniedCalls } from '@byok/identity';
import type { Clock } from '@byok/kernel';
import { listenForChanges, type ChangeListenerOptions, type Log, type QueueProducer, type Database } from '@byok/platform';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { buildPipeline } from './build-pipeline.js';
import type { GatewayConfig } from './config.js';
import { GatewayModule } from './gateway.module.js';
import type { UpstreamWatch } from './conditions/upstream-watch.js';
import { watchPrices } from './conditions/watch-prices.js';
import { openCounters, type Counters } from './limits/counters.js';
import { openHolds } from './holds/holds.js';
import { refuseMeteredRoutes } from './http/refuse-metered-routes.js';
import type { CallLog } from './http/call-log.js';
import type { Call, RunningCalls } from './http/call.js';
import { drain } from './http/drain.js';
import type { HandleCallDeps } from './http/handle-call.js';
import { HotServer, type Handle } from './http/hot-server.js';
import { makeReadiness, type Readiness } from './http/readiness.js';
import { cutCallsOfKey, cutCallsOfStoppedOrg } from './http/cut-calls.js';
import { TellRunning } from './http/tell-running.js';
import { GatewayMetrics } from './metrics.js';
import { ChangeLedger } from './pipeline/change-ledger.js';
import type { CompletionDeps } from './pipeline/run-completion.js';
import { Placed } from './placed.js';
import { openSpool, type Spool } from './spool/open-spool.js';
import { openUpstreamState } from './state/upstream-state.js';

/** What the gateway needs of others, open. */
export interface Connections {
  db: Database;
  vault: VaultForGateway;
  billing: BillingForGateway;
  queue: QueueProducer<UsageBatch>;
  clock: Clock;
  callLog: CallLog;
}

export interface ServingGateway {
  /** Of this gateway among the others: its spool's, and so the same one after a restart. */
  id: string;
  port: number;
  deps: CompletionDeps;
  stop(): Promise<void>;
}

const TICK_MS = 1_000;
const MB = 1024 * 1024;

/** The gateway's HTTP side, listening. It is closed in reverse: calls first, then what they needed. */
export async function serveGateway(config: GatewayConfig, { db, vault, billing, queue, clock, callLog }: Connections, log: Log): Promise<ServingGateway> {
  const changes = new ChangeLedger();
  const running = new Placed<Call>();
  let isStopping = false;
  const isDraining = (): boolean => isStopping;
  const spool = openSpool({ folder: config.SPOOL_DIR, queue, clock, log, maxBytes: config.SPOOL_MAX_MB * MB });
  const state = openUpstreamState(db, log);
  const holds = openHolds(billing, log);
  const counters = openCounters({ redisUrl: config.REDIS_URL, degradedShare: config.LIMITS_DEGRADED_SHARE, clock, log });
  const { deps, pools, watch, caches, serviceJwts } = buildPipeline(config, { db, vault, spool: spool.writer, state, holds, counters, clock, changes, isDraining, log });
  const denied = tallyDeniedCalls(db);
  const prices = watchPrices({ billing, keep: (book) => (watch.watched.prices = book), log });
  const notices = await listenForChanges({ url: config.DATABASE_URL, log, ...whatFollows(changes, watch, running, deps) });
  const metrics = gatewayMetrics(running, spool, changes, caches, counters);
  for (const gauge of [...watch.gauges, ...deps.answers.gauges]) metrics.gauge(gauge);
  const sources = { identity: () => caches.identity.staleSince, vault: () => caches.keys.staleSince ?? caches.vault.staleSince };
  const readiness = makeReadiness({ isDraining, spool, changes, counters, sources, clock });
  const { app, server } = await makeHttp({ ...deps, clock, log, callLog, metrics, running, denied, maxCalls: config.MAX_CALLS }, config, readiness);
  await app.listen(config.PORT, config.HOST);

  const telling = new TellRunning({ gatewayId: spool.gatewayId, vault, running, log });
  const ticking = setInterval(() => {
    changes.isListening = notices.isConnected;
    const now = clock.now();
    watch.tick();
    telling.tick(now);
    for (const call of running) call.tick(now);
  }, TICK_MS);
  return {
    id: spool.gatewayId,
    port: (server.address() as { port: number }).port,
    deps,
    stop: async () => {
      isStopping = true;
      await pause(config.SHUTDOWN_DELAY_MS);
      await drain(server, running, config.DRAIN_MS);
      watch.close();
      prices.close();
      clearInterval(ticking);
      await Promise.allSettled([app.close(), notices.close(), serviceJwts.tally.flush(), denied.flush()]);
      await pools.destroy();
      holds.close();
      await Promise.allSettled([spool.close(), state.close(), counters.close()]);
    },
  };
}

/** What a change in the database, or a gap in hearing of changes, means for what this process remembers. */
function whatFollows(changes: ChangeLedger, watch: UpstreamWatch, running: RunningCalls, { answers, authenticate, keysFor }: CompletionDeps): Pick<ChangeListenerOptions, 'onChange' | 'onGap'> {
  return {
    onChange: (notice) => {
      changes.note(notice.org);
      watch.note(notice);
      if (notice.org === 'platform') answers.purgeAll();
      else if (notice.kind === 'key' || notice.kind === 'org') answers.purge(notice.org);
      if (notice.cut) cutCallsOfKey(notice.id, running);
      if (notice.kind === 'org') cutCallsOfStoppedOrg(notice.org, running, { authenticate, keysFor });
    },
    onGap: () => {
      changes.noteGap();
      answers.purgeAll();
    },
  };
}

/** Nest composes and serves the operator's pages on a server that is ours: calls do not pass through it. */
async function makeHttp(deps: HandleCallDeps, config: GatewayConfig, readiness: Readiness): Promise<{ app: NestFastifyApplication; server: Server }> {
  let server!: Server;
  const limits = { maxConnections: config.MAX_CONNECTIONS, headersTimeoutMs: config.REQUEST_HEADERS_TIMEOUT_MS, requestTimeoutMs: config.REQUEST_TIMEOUT_MS };
  const adapter = new FastifyAdapter({ serverFactory: (handle: Handle) => (server = new HotServer(deps, limits, handle)) });
  refuseMeteredRoutes(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.with({ readiness, metrics: deps.metrics, metricsToken: config.METRICS_TOKEN ?? null }), adapter, { logger: false, abortOnError: false, bodyParser: false });
  await app.init();
  return { app, server };
}

function gatewayMetrics(running: RunningCalls, spool: Spool, changes: ChangeLedger, caches: ReturnType<typeof buildPipeline>['caches'], counters: Counters): GatewayMetrics {
  const metrics = new GatewayMetrics();
  metrics.gauge({ name: 'byok_calls_running', help: 'Calls that are not finished.', read: () => running.size });
  metrics.gauge({ name: 'byok_spool_waiting_bytes', help: 'Bytes of usage records on disk.', read: () => spool.waitingBytes() });
  metrics.gauge({ name: 'byok_spool_open_intents', help: 'Attempts whose outcome is not recorded yet.', read: () => spool.writer.openIntents });
  metrics.gauge({ name: 'byok_spool_writable', help: '1 while usage can be recorded; calls are refused while it cannot.', read: () => Number(spool.writer.isWritable) });
  metrics.gauge({ name: 'byok_spool_queue_refusals', help: 'Batches that the queue refused in a row.', read: () => spool.shipper.failures });
  metrics.gauge({ name: 'byok_notices_connected', help: '1 while change notices arrive.', read: () => Number(changes.isListening) });
  metrics.gauge({ name: 'byok_limits_degraded', help: '1 while Redis is away and this gateway counts limits alone.', read: () => Number(counters.degradedSince !== undefined) });
  metrics.gauge({ name: 'byok_stale_identity_answers', help: 'Principals served beyond their time because the database was away.', read: () => caches.identity.staleServed });
  metrics.gauge({ name: 'byok_stale_vault_answers', help: 'Key lists and keys served beyond their time because the vault was away.', read: () => caches.keys.staleServed + caches.vault.staleServed });
  return metrics;
}
