import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import type { CacheSettings } from '@byok/contracts';
import type { Clock } from '@byok/kernel';
import type { GaugeSource } from '../metrics.js';

/** An answer as the caller got it, before it was dressed for their route. */
export interface KeptAnswer {
  status: number;
  contentType: string;
  /** Names of what the provider could not be told, as its header says them; empty where there are none. */
  dropped: string;
  body: Buffer;
}

interface Entry {
  sealed: Buffer;
  expiresAt: number;
}

/** What one org has here. Its own key, so that a mix-up of entries gives an error and never an answer. */
interface OrgAnswers {
  key: KeyObject;
  entries: Map<string, Entry>;
  bytes: number;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** Of everything around an entry: its name, its place in the map. */
const ENTRY_BYTES = 256;
/** Larger ones would push out too many others. */
const LARGEST_SHARE = 0.25;

/**
 * Answers kept for requests that repeat, org by org, sealed under a key that lives and dies with this process. Nothing of them is ever
 * written anywhere.
 */
export class KeptAnswers {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #root = randomBytes(KEY_BYTES);
  readonly #orgs = new Map<string, OrgAnswers>();
  #bytes = 0;
  #hits = 0;
  #misses = 0;

  constructor(options: { clock: Clock; maxBytes: number }) {
    this.#clock = options.clock;
    this.#maxBytes = options.maxBytes;
  }

  get gauges(): GaugeSource[] {
    return [
      { name: 'byok_answer_cache_bytes', help: 'Of answers kept for requests that repeat.', read: () => this.#bytes },
      { name: 'byok_answer_cache_hits', help: 'Calls that were given an answer from there.', read: () => this.#hits },
      { name: 'byok_answer_cache_misses', help: 'Calls that could have been, had there been one.', read: () => this.#misses },
    ];
  }

  /** The name of an answer: tells nothing of the request, and is another one in every org and every process. */
  nameOf(orgId: string, parts: readonly string[]): string {
    const mac = createHmac('sha256', this.#org(orgId).key);
    for (const part of parts) mac.update(`${part.length}:`).update(part);
    return mac.digest('base64url');
  }

  find(orgId: string, name: string): KeptAnswer | undefined {
    const org = this.#org(orgId);
    const entry = org.entries.get(name);
    if (entry && entry.expiresAt <= this.#clock.now()) this.#drop(org, name, entry);
    else if (entry) {
      // The one that was used last is the last to go.
      org.entries.delete(name);
      org.entries.set(name, entry);
      this.#hits += 1;
      return open(entry.sealed, org.key, name);
    }
    this.#misses += 1;
    return undefined;
  }

  keep(orgId: string, name: string, answer: KeptAnswer, { ttlSeconds, maxBytes }: CacheSettings): void {
    if (answer.body.length + ENTRY_BYTES > Math.min(maxBytes, this.#maxBytes) * LARGEST_SHARE) return;
    const org = this.#org(orgId);
    const old = org.entries.get(name);
    if (old) this.#drop(org, name, old);
    const entry = { sealed: seal(answer, org.key, name), expiresAt: this.#clock.now() + ttlSeconds * 1_000 };
    org.entries.set(name, entry);
    org.bytes += sizeOf(entry);
    this.#bytes += sizeOf(entry);
    while (org.bytes > maxBytes) this.#dropOldest(org);
    while (this.#bytes > this.#maxBytes) this.#dropOldest(this.#largest());
  }

  /** Something of the org's keys or rules has changed. */
  purge(orgId: string): void {
    const org = this.#orgs.get(orgId);
    if (!org) return;
    this.#bytes -= org.bytes;
    this.#orgs.delete(orgId);
  }

  purgeAll(): void {
    this.#orgs.clear();
    this.#bytes = 0;
  }

  #org(orgId: string): OrgAnswers {
    let org = this.#orgs.get(orgId);
    if (!org) {
      const key = createSecretKey(Buffer.from(hkdfSync('sha256', this.#root, '', `byok kept answers of ${orgId}`, KEY_BYTES)));
      this.#orgs.set(orgId, (org = { key, entries: new Map(), bytes: 0 }));
    }
    return org;
  }

  #largest(): OrgAnswers {
    let largest: OrgAnswers | undefined;
    for (const org of this.#orgs.values()) if (!largest || org.bytes > largest.bytes) largest = org;
    return largest!;
  }

  #dropOldest(org: OrgAnswers): void {
    const [oldest] = org.entries;
    if (oldest) this.#drop(org, ...oldest);
  }

  #drop(org: OrgAnswers, name: string, entry: Entry): void {
    org.entries.delete(name);
    org.bytes -= sizeOf(entry);
    this.#bytes -= sizeOf(entry);
  }
}

function sizeOf({ sealed }: Entry): number {
  return sealed.length + ENTRY_BYTES;
}

function seal({ body, ...head }: KeptAnswer, key: KeyObject, name: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(name));
  const sealed = [cipher.update(`${JSON.stringify(head)}\n`, 'utf8'), cipher.update(body), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]);
}

function open(sealed: Buffer, key: KeyObject, name: string): KeptAnswer {
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES }).setAAD(Buffer.from(name));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const opened = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  const end = opened.indexOf(10);
  return { ...(JSON.parse(opened.toString('utf8', 0, end)) as Omit<KeptAnswer, 'body'>), body: opened.subarray(end + 1) };
}
