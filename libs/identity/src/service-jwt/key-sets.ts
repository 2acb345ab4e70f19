import { AppError } from '@byok/kernel';
import type { Clock } from '@byok/kernel';
import { createLocalJWKSet, errors } from 'jose';
import type { JSONWebKeySet, JWSHeaderParameters, FlattenedJWSInput, CryptoKey } from 'jose';
import { LRUCache } from 'lru-cache';

/** Asks an address for JSON. Over the dialer: it is an address that a tenant named. */
export type FetchJson = (url: string) => Promise<unknown>;

/** Where an issuer's keys are: at this address, or where the issuer's own description says. */
export interface KeySource {
  issuer: string;
  jwksUri: string | null;
}

export interface KeySetsDeps {
  fetchJson: FetchJson;
  clock: Clock;
}

/** Keys are asked for again after this long, so that a withdrawn one is soon gone. */
const FRESH_MS = 10 * 60_000;
/** Whoever sends unknown key ids makes us ask once in this time, whatever they send. */
const COOLDOWN_MS = 30_000;
/** With no keys at all there is nothing to protect but the issuer's server. */
const RETRY_MS = 5_000;
/** While the issuer is away its last keys serve for so long; then nobody is believed. */
export const KEYS_KEPT_MS = 6 * 3_600_000;
const MAX_SOURCES = 1_000;
const MAX_KEYS = 100;

type LocalKeys = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

interface KeySet {
  keys: LocalKeys | undefined;
  fetchedAt: number;
  triedAt: number;
  /** Found in the issuer's description; looked up again when it answers no longer. */
  foundUri: string | null;
  loading: Promise<void> | undefined;
}

/** The public keys of issuers, as they are rotated. A key that a JWT's own header brings or points to is never looked at. */
export class KeySets {
  readonly #deps: KeySetsDeps;
  readonly #sets = new LRUCache<string, KeySet>({ max: MAX_SOURCES });

  constructor(deps: KeySetsDeps) {
    this.#deps = deps;
  }

  /** For jose's jwtVerify. @throws AppError service_unavailable when the issuer's keys cannot be had; jose's own errors for a key that is not there */
  keysOf(source: KeySource): LocalKeys {
    return (header, token) => this.#find(source, header, token);
  }

  async #find(source: KeySource, header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const set = this.#setOf(source);
    if (this.#isDue(set)) await this.#load(set, source);
    const known = this.#usable(set);
    try {
      return await known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // Perhaps it was rotated a moment ago. Who waits while somebody else asks is asked for, too.
      if (!set.loading && this.#deps.clock.now() - set.triedAt < COOLDOWN_MS) throw error;
      await this.#load(set, source);
      return this.#usable(set)(header, token);
    }
  }

  #isDue(set: KeySet): boolean {
    const now = this.#deps.clock.now();
    if (!set.keys) return set.loading !== undefined || now - set.triedAt >= RETRY_MS;
    return now - set.fetchedAt >= FRESH_MS && now - set.triedAt >= COOLDOWN_MS;
  }

  #usable(set: KeySet): LocalKeys {
    if (!set.keys || this.#deps.clock.now() - set.fetchedAt > KEYS_KEPT_MS) throw unavailable();
    return set.keys;
  }

  /** One question at a time, whoever waits for it; a failure leaves the keys that were known. */
  #load(set: KeySet, source: KeySource): Promise<void> {
    if (set.loading) return set.loading;
    set.triedAt = this.#deps.clock.now();
    set.loading = this.#ask(set, source)
      .catch(() => void (set.foundUri = null))
      .finally(() => (set.loading = undefined));
    return set.loading;
  }

  async #ask(set: KeySet, source: KeySource): Promise<void> {
    const uri = source.jwksUri ?? (set.foundUri ??= await this.#discover(source.issuer));
    const answer = (await this.#deps.fetchJson(uri)) as Partial<JSONWebKeySet> | null;
    if (!Array.isArray(answer?.keys) || answer.keys.length === 0 || answer.keys.length > MAX_KEYS) throw unavailable();
    set.keys = createLocalJWKSet({ keys: answer.keys });
    set.fetchedAt = this.#deps.clock.now();
  }

  async #discover(issuer: string): Promise<string> {
    const description = (await this.#deps.fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)) as { issuer?: unknown; jwks_uri?: unknown } | null;
    // A description of somebody else would bring somebody else's keys.
    if (description?.issuer !== issuer || typeof description.jwks_uri !== 'string') throw unavailable();
    return description.jwks_uri;
  }

  #setOf({ issuer, jwksUri }: KeySource): KeySet {
    const name = `${issuer} ${jwksUri ?? ''}`;
    const known = this.#sets.get(name);
    if (known) return known;
    const made: KeySet = { keys: undefined, fetchedAt: -Infinity, triedAt: -Infinity, foundUri: null, loading: undefined };
    this.#sets.set(name, made);
    return made;
  }
}

function unavailable(): AppError {
  return new AppError('service_unavailable', 'The keys of the issuer of this JWT cannot be had at the moment. Try again shortly.');
}
