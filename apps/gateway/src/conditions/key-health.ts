import type { NoteHealthMessage, ProbeResultMessage, VaultForGateway } from '@byok/contracts';
import { AppError, Secret, type Clock } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import type { Log } from '@byok/platform';
import { findProvider, type Provider } from '@byok/providers';
import type { Attempt, UsableKey } from '@byok/routing';
import { actorOf } from '../clients/vault.js';

export interface KeyHealthDeps {
  vault: Pick<VaultForGateway, 'openKey' | 'noteHealth'>;
  probe: (provider: Provider, secret: Secret, config: Readonly<Record<string, string>>) => Promise<ProbeResultMessage>;
  clock: Clock;
  log: Log;
}

interface Suspect {
  version: number;
  /** Of the requests that the provider refused the key for; two are enough. */
  refused: Set<string>;
  isProbing: boolean;
  told: NoteHealthMessage['outcome'] | null;
}

type Tried = Pick<UsableKey, 'id' | 'version' | 'provider'>;

const ENOUGH_REFUSALS = 2;
const MOST_SUSPECTS = 5_000;
/** How often a key that was found invalid is tried again, so that one that works again comes back by itself. */
const RECHECK_MS = 300_000;
const LONGEST_REASON = 200;

/**
 * Finds out whether a key that a provider refused is really no good, and tells the vault. One refusal may be a mistake: the free probe of
 * the provider decides, and where there is none, a second request. A refusal for one model alone never counts.
 */
export class KeyHealth {
  readonly #deps: KeyHealthDeps;
  readonly #suspects = new Map<string, Suspect>();
  readonly #recheckAt = new Map<string, number>();

  constructor(deps: KeyHealthDeps) {
    this.#deps = deps;
  }

  failed(attempt: Attempt, principal: Principal, error: AppError, requestId: string): void {
    const { failure } = error.rule;
    if (failure !== 'auth' && failure !== 'quota') return;
    const key = keyOf(attempt);
    const suspect = this.#suspect(key);
    if (failure === 'quota') return this.#tell(key, suspect, principal, 'no-credit', error.message);
    suspect.refused.add(requestId);
    if (suspect.told === 'invalid') return;
    if (attempt.provider.probe) return this.#confirm(key, suspect, principal, error.message);
    if (suspect.refused.size >= ENOUGH_REFUSALS) this.#tell(key, suspect, principal, 'invalid', error.message);
  }

  answered(attempt: Attempt, principal: Principal): void {
    if (this.#suspects.size === 0) return;
    const suspect = this.#suspects.get(attempt.keyId);
    if (!suspect) return;
    this.#suspects.delete(attempt.keyId);
    if (suspect.told) this.#tell(keyOf(attempt), suspect, principal, 'valid', '');
  }

  /** Keys as the vault lists them: those that are invalid are tried now and then. */
  listed(keys: readonly UsableKey[], principal: Principal): void {
    for (const key of keys) if (key.status === 'invalid') this.#recheck(key, principal);
  }

  /** The key was changed: what it did before says nothing any more. */
  forget(keyId: string): void {
    const suspect = this.#suspects.get(keyId);
    // Our own report is such a change: what it was about is still to be taken back when the key works again.
    if (suspect && !suspect.told) this.#suspects.delete(keyId);
  }

  #suspect({ id, version }: Tried): Suspect {
    const known = this.#suspects.get(id);
    if (known?.version === version) return known;
    if (this.#suspects.size >= MOST_SUSPECTS) this.#suspects.delete(this.#suspects.keys().next().value!);
    const suspect: Suspect = { version, refused: new Set(), isProbing: false, told: null };
    this.#suspects.set(id, suspect);
    return suspect;
  }

  #confirm(key: Tried, suspect: Suspect, principal: Principal, reason: string): void {
    if (suspect.isProbing) return;
    suspect.isProbing = true;
    void this.#probe(key, principal).then((outcome) => {
      suspect.isProbing = false;
      if (outcome === 'invalid') this.#tell(key, suspect, principal, 'invalid', reason);
      else if (outcome === 'valid') suspect.refused.clear();
      else if (suspect.refused.size >= ENOUGH_REFUSALS) this.#tell(key, suspect, principal, 'invalid', reason);
    });
  }

  #recheck(key: UsableKey, principal: Principal): void {
    const now = this.#deps.clock.now();
    if (now < (this.#recheckAt.get(key.id) ?? 0)) return;
    if (this.#recheckAt.size >= MOST_SUSPECTS) this.#recheckAt.clear();
    this.#recheckAt.set(key.id, now + RECHECK_MS);
    void this.#probe(key, principal).then((outcome) => {
      if (outcome === 'valid') this.#tell(key, this.#suspect(key), principal, 'valid', '');
    });
  }

  /** Undefined when nothing came of it. Never throws: calls do not wait for this. */
  async #probe({ id, version, provider: providerId }: Tried, principal: Principal): Promise<string | undefined> {
    try {
      const provider = findProvider(providerId);
      if (!provider) return undefined;
      const opened = await this.#deps.vault.openKey({ actor: actorOf(principal), keyId: id, version, requestId: '', purpose: 'probe' });
      if (findProvider(opened.provider)?.id !== provider.id) return undefined;
      return (await this.#deps.probe(provider, new Secret(opened.secret), opened.config)).outcome;
    } catch {
      return undefined;
    }
  }

  #tell({ id, version }: Tried, suspect: Suspect, principal: Principal, outcome: NoteHealthMessage['outcome'], reason: string): void {
    if (suspect.told === outcome) return;
    suspect.told = outcome;
    const { vault, log } = this.#deps;
    const note = { actor: actorOf(principal), keyId: id, version, outcome, reason: reason.slice(0, LONGEST_REASON) };
    vault.noteHealth(note).then(
      () => {
        log.info({ keyId: id, outcome }, 'told the vault how a key fares');
        if (outcome === 'valid') this.#suspects.delete(id);
        else if (outcome === 'invalid') this.#recheckAt.set(id, this.#deps.clock.now() + RECHECK_MS);
      },
      (error: unknown) => {
        // The next call with it tells it again.
        suspect.told = null;
        log.warn({ keyId: id, outcome, error }, 'could not tell the vault how a key fares');
      },
    );
  }
}

function keyOf({ keyId, keyVersion, provider }: Attempt): Tried {
  return { id: keyId, version: keyVersion, provider: provider.id };
}
