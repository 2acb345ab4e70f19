import type { VaultForGateway } from '@byok/contracts';
import { guessGuard, ServiceJwts, sessionVerifyKey } from '@byok/identity';
import type { Clock } from '@byok/kernel';
import { jsonOver, makeDialer, makeOutsideFetch, StartRefused, type Log, type Sql } from '@byok/platform';
import { UpstreamWatch } from './conditions/upstream-watch.js';
import type { GatewayConfig } from './config.js';
import type { Holds } from './holds/holds.js';
import type { Counters } from './limits/counters.js';
import { makeAuthenticate } from './pipeline/authenticate.js';
import { ChangeLedger } from './pipeline/change-ledger.js';
import { makeKeysFor } from './pipeline/keys-for.js';
import { makeOpenKey } from './pipeline/open-key.js';
import type { CompletionDeps } from './pipeline/run-completion.js';
import { KeptAnswers } from './repeats/kept-answers.js';
import type { SpoolWriter } from './spool/spool-writer.js';
import type { UpstreamState } from './state/upstream-state.js';
import { Pools } from './upstream/pools.js';
import { probeLive, type ProbeDeps } from './upstream/probe-live.js';

export interface PipelineParts {
  db: Sql;
  vault: VaultForGateway;
  spool: SpoolWriter;
  state: UpstreamState;
  holds: Holds;
  counters: Counters;
  clock: Clock;
  changes: ChangeLedger;
  isDraining: () => boolean;
  log: Log;
}

const MB = 1024 * 1024;
const MAX_STREAM_BYTES = 1024 * MB;
const WAITING_PER_ORIGIN = 1_024;
/** An issuer's description and keys are a few kilobytes. */
const ISSUER_LIMITS = { timeoutMs: 5_000, maxBytes: MB / 4 };

/** Everything a call needs, wired. */
export function buildPipeline(config: GatewayConfig, parts: PipelineParts) {
  const times = { freshMs: config.CACHE_FRESH_MS, staleMs: config.CACHE_STALE_MS, clock: parts.clock, changes: parts.changes };
  const dialer = makeDialer({ exceptions: config.BYOK_EGRESS_ALLOW, connectTimeoutMs: config.CONNECT_TIMEOUT_MS });
  const serviceJwts = new ServiceJwts({ db: parts.db, clock: parts.clock, fetchJson: jsonOver(makeOutsideFetch(dialer, ISSUER_LIMITS)), place: 'gateway' });
  const { authenticate, principals } = makeAuthenticate({ ...times, serviceJwts, trustedProxies: config.TRUSTED_PROXIES, guesses: guessGuard(), db: parts.db, sessionVerifyKey: readVerifyKey(config.SESSION_PUBLIC_KEY) });
  const watch = new UpstreamWatch({ ...parts, probe: (provider, secret, config) => probeLive(provider, secret, config, probing) }, Math.random);
  const keysFor = makeKeysFor({ ...times, vault: parts.vault, listed: (keys, principal) => watch.health.listed(keys, principal) });
  const openKey = makeOpenKey({ ...times, freshMs: config.KEY_FRESH_MS, vault: parts.vault, keysFor });
  const pools = new Pools(dialer, {
    connections: config.UPSTREAM_CONNECTIONS,
    waiting: WAITING_PER_ORIGIN,
    headersTimeoutMs: config.HEADERS_TIMEOUT_MS,
    bodyIdleTimeoutMs: config.BODY_IDLE_TIMEOUT_MS,
  });
  const deps: CompletionDeps = {
    ...{ watched: watch.watched, health: watch.health, trials: watch.trials, shares: watch.shares, retries: watch.retries },
    authenticate,
    keysFor,
    openKey,
    conditions: watch.watched.now,
    answers: new KeptAnswers({ clock: parts.clock, maxBytes: config.ANSWER_CACHE_MB * MB }),
    pools,
    baseUrls: config.BYOK_PROVIDER_BASE_URLS,
    spool: parts.spool,
    state: parts.state,
    holds: parts.holds,
    counters: parts.counters,
    clock: parts.clock,
    isDraining: parts.isDraining,
    limits: {
      maxBodyBytes: config.MAX_BODY_MB * MB,
      maxWholeBytes: config.MAX_ANSWER_MB * MB,
      maxStreamBytes: MAX_STREAM_BYTES,
      totalMs: config.TOTAL_TIMEOUT_MS,
      stallMs: config.CLIENT_STALL_MS,
      drainMs: config.ABORT_DRAIN_MS,
    },
  };
  const probing: ProbeDeps = deps;
  return { deps, pools, watch, serviceJwts, caches: { identity: principals, keys: keysFor.rings, vault: openKey.opened } };
}

function readVerifyKey(pem: string) {
  try {
    return sessionVerifyKey(pem);
  } catch {
    throw new StartRefused('SESSION_PUBLIC_KEY is not an Ed25519 key in PEM.');
  }
}
