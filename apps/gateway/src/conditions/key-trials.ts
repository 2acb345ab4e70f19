import type { CountsMessage, VaultForGateway } from '@byok/contracts';
import type { AppError } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import type { Log } from '@byok/platform';
import type { Attempt } from '@byok/routing';
import { actorOf } from '../clients/vault.js';

export interface KeyTrialsDeps {
  vault: Pick<VaultForGateway, 'noteHealth'>;
  log: Log;
}

/** What calls with a key that has a candidate came to, since the vault was told last. */
interface Trial {
  keyId: string;
  /** Of the candidate. */
  version: number;
  counts: CountsMessage;
  currentCounts: CountsMessage;
  reason: string;
  /** Who called last: the vault believes what is said by somebody who may use the key. */
  principal: Principal;
  isTelling: boolean;
}

const MOST_TRIALS = 1_000;
const MOST_OPEN = 10_000;
const LONGEST_REASON = 200;
const NONE: CountsMessage = { answered: 0, refused: 0, failed: 0 };

/**
 * Counts how calls with a key's two versions go, for the vault, which takes a candidate back that its provider refuses. A refusal of the
 * secret is clear by itself. That it may not, or has no credit, is held against a candidate only where the version in use then may and has.
 */
export class KeyTrials {
  readonly #deps: KeyTrialsDeps;
  readonly #trials = new Map<string, Trial>();
  /** By request and key: candidates that failed in a way which the next attempt explains. */
  readonly #open = new Map<string, string>();

  constructor(deps: KeyTrialsDeps) {
    this.#deps = deps;
  }

  answered(attempt: Attempt, principal: Principal, requestId: string): void {
    const trial = this.#trialOf(attempt, principal);
    if (attempt.trial!.isCandidate) trial.counts.answered += 1;
    else {
      trial.currentCounts.answered += 1;
      const reason = this.#closed(attempt, requestId);
      if (reason !== undefined) this.#refused(trial, reason);
    }
  }

  failed(attempt: Attempt, principal: Principal, error: AppError, requestId: string): void {
    const trial = this.#trialOf(attempt, principal);
    const { failure } = error.rule;
    if (!attempt.trial!.isCandidate) {
      if (failure === 'auth') trial.currentCounts.refused += 1;
      else trial.currentCounts.failed += 1;
      if (this.#closed(attempt, requestId) !== undefined) trial.counts.failed += 1;
    } else if (failure === 'auth') this.#refused(trial, error.message);
    else if ((failure === 'permission' || failure === 'quota') && this.#open.size < MOST_OPEN) this.#open.set(nameOf(attempt, requestId), error.message);
    else trial.counts.failed += 1;
  }

  /** Once a second. */
  tick(): void {
    for (const trial of this.#trials.values()) this.#tell(trial);
  }

  #refused(trial: Trial, reason: string): void {
    trial.counts.refused += 1;
    trial.reason = reason;
    this.#tell(trial);
  }

  #closed(attempt: Attempt, requestId: string): string | undefined {
    if (this.#open.size === 0) return undefined;
    const name = nameOf(attempt, requestId);
    const reason = this.#open.get(name);
    this.#open.delete(name);
    return reason;
  }

  #trialOf({ keyId, trial: of }: Attempt, principal: Principal): Trial {
    const known = this.#trials.get(keyId);
    if (known?.version === of!.version) {
      known.principal = principal;
      return known;
    }
    if (this.#trials.size >= MOST_TRIALS) this.#trials.delete(this.#trials.keys().next().value!);
    const trial: Trial = { keyId, version: of!.version, counts: { ...NONE }, currentCounts: { ...NONE }, reason: '', principal, isTelling: false };
    this.#trials.set(keyId, trial);
    return trial;
  }

  #tell(trial: Trial): void {
    if (trial.isTelling) return;
    const { keyId, version, counts, currentCounts } = trial;
    if (isNone(counts) && isNone(currentCounts)) return void this.#trials.delete(keyId);
    trial.isTelling = true;
    [trial.counts, trial.currentCounts] = [{ ...NONE }, { ...NONE }];
    const note = { actor: actorOf(trial.principal), keyId, version, outcome: 'counted' as const, reason: trial.reason.slice(0, LONGEST_REASON), counts, currentCounts };
    this.#deps.vault.noteHealth(note).then(
      () => {
        trial.isTelling = false;
        if (trial.counts.refused > 0) this.#tell(trial);
      },
      (error: unknown) => {
        // Told again with the next tick, by whoever calls until then.
        trial.isTelling = false;
        add(trial.counts, counts);
        add(trial.currentCounts, currentCounts);
        this.#deps.log.warn({ keyId, version, error }, 'could not tell the vault how the two versions of a key fare');
      },
    );
  }
}

function nameOf({ keyId }: Attempt, requestId: string): string {
  return `${requestId} ${keyId}`;
}

function isNone({ answered, refused, failed }: CountsMessage): boolean {
  return answered + refused + failed === 0;
}

function add(to: CountsMessage, more: CountsMessage): void {
  to.answered += more.answered;
  to.refused += more.refused;
  to.failed += more.failed;
}
