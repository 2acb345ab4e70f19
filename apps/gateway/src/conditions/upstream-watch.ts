import type { ChangeNotice } from '@byok/contracts';
import type { GaugeSource } from '../metrics.js';
import { KeyShares } from '../fair-share/key-shares.js';
import { KeyHealth, type KeyHealthDeps } from './key-health.js';
import { KeyTrials } from './key-trials.js';
import { Retries, type Dice } from './retries.js';
import { WatchedConditions } from './watched-conditions.js';

/** Everything this gateway learns of providers and keys as calls go by, and what it does about it. */
export class UpstreamWatch {
  readonly watched: WatchedConditions;
  readonly health: KeyHealth;
  readonly trials: KeyTrials;
  readonly shares: KeyShares;
  readonly retries: Retries;

  constructor(deps: KeyHealthDeps, dice: Dice) {
    this.watched = new WatchedConditions(deps.clock, dice);
    this.health = new KeyHealth(deps);
    this.trials = new KeyTrials(deps);
    this.shares = new KeyShares(deps.clock);
    this.retries = new Retries(dice);
  }

  /** Once a second. */
  tick(): void {
    this.watched.tick();
    this.trials.tick();
  }

  /** A key that was changed begins anew. */
  note({ kind, id }: ChangeNotice): void {
    if (kind !== 'key') return;
    this.watched.coolDowns.forget(id);
    this.health.forget(id);
    this.shares.forget(id);
  }

  close(): void {
    this.shares.close();
  }

  get gauges(): GaugeSource[] {
    const { watched, retries, shares } = this;
    return [
      { name: 'byok_cooling_keys', help: 'Keys that are left alone for a while, for one model or for all.', read: () => watched.coolDowns.cooling.size },
      { name: 'byok_open_breakers', help: 'Endpoints that let nothing through because they failed too often.', read: () => watched.breakers.open.size },
      { name: 'byok_breaker_openings', help: 'How often a breaker has opened.', read: () => watched.breakers.openings },
      { name: 'byok_retries', help: 'Second tries with the same key.', read: () => retries.made },
      { name: 'byok_retries_refused', help: 'Second tries that there was no budget for.', read: () => retries.refused },
      { name: 'byok_fair_share_waiting', help: 'Calls that wait for their turn on a shared key at its limit.', read: () => shares.waiting },
    ];
  }
}
