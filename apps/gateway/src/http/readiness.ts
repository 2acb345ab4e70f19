import type { Clock } from '@byok/kernel';
import type { ChangeLedger } from '../pipeline/change-ledger.js';
import type { Counters } from '../limits/counters.js';
import type { Spool } from '../spool/open-spool.js';

export interface ReadinessDeps {
  isDraining: () => boolean;
  spool: Spool;
  changes: ChangeLedger;
  counters: Counters;
  /** Since when each source has been away, by name; undefined when it answers. */
  sources: Record<string, () => number | undefined>;
  clock: Clock;
}

export interface ReadinessState {
  ready: boolean;
  draining: boolean;
  spool: 'ok' | 'unwritable';
  /** Change notices arrive; without them caches are trusted for a shorter time. */
  notices: 'ok' | 'lost';
  queue: 'ok' | 'away';
  /** Whether limits are counted for all gateways together, or by each for its share because Redis is away. */
  limits: 'ok' | 'degraded';
  /** Seconds for which a source has been away and remembered answers have served. */
  stale: Record<string, number>;
}

export interface Readiness {
  check(): ReadinessState;
}

/**
 * Ready means: a call can be admitted and metered. A lost source is told but does not take the gateway out, because warm
 * callers are still served and a restart would only make it cold.
 */
export function makeReadiness(deps: ReadinessDeps): Readiness {
  return {
    check: () => {
      const draining = deps.isDraining();
      const isWritable = deps.spool.writer.isWritable;
      const away = Object.entries(deps.sources).flatMap(([name, since]) => {
        const at = since();
        return at === undefined ? [] : [[name, Math.round((deps.clock.now() - at) / 1_000)] as const];
      });
      return {
        ready: !draining && isWritable,
        draining,
        spool: isWritable ? 'ok' : 'unwritable',
        notices: deps.changes.isListening ? 'ok' : 'lost',
        queue: deps.spool.shipper.failures === 0 ? 'ok' : 'away',
        limits: deps.counters.degradedSince === undefined ? 'ok' : 'degraded',
        stale: Object.fromEntries(away),
      };
    },
  };
}
