import type { Actor, BillingForGateway, HoldReplyMessage, NoteHealthMessage, NoteRunningMessage, OpenedKeyMessage, PriceSnapshotMessage, TakeHoldMessage, UsableKeyMessage, UsageBatch, UsageEvent, VaultForGateway } from '@byok/contracts';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGroup, createOrg, createToken, createUser, putMember, type Group, type Org, type Token, type User } from '@byok/identity';
import { AppError, newId, type OwnerType } from '@byok/kernel';
import { createLog, EVERY_ORG, openDatabase, systemClock, type Database, type Log } from '@byok/platform';
import { startFakeUpstream, testDatabase, type FakeUpstream, type TestDatabase } from '@byok/testing';
import { GatewayConfig } from '../config.js';
import { BatchedCallLog, type CallLog } from '../http/call-log.js';
import { serveGateway, type ServingGateway } from '../serve-gateway.js';
import { eventsOfBatch } from './events-of-batch.js';

/** A vault in memory behind the gateway's own port: lists what it was given, opens it, or fails as told. */
export class FakeVault implements VaultForGateway {
  keys: (UsableKeyMessage & { secret: string })[] = [];
  /** What opens for the candidate of any key. */
  candidateSecret = '';
  opened: string[] = [];
  notes: NoteHealthMessage[] = [];
  failure: AppError | undefined;
  listFailure: AppError | undefined;
  /** What the vault says about keys of an org that holds its own KEK. */
  keepMs = 0;

  async usableKeys(_request: { actor: Actor }): Promise<{ items: UsableKeyMessage[] }> {
    if (this.listFailure) throw this.listFailure;
    return { items: this.keys.map(({ secret: _secret, ...listed }) => listed) };
  }

  async openKey({ keyId, version }: { keyId: string; version: number }): Promise<OpenedKeyMessage> {
    if (this.failure) throw this.failure;
    const key = this.keys.find((each) => each.id === keyId && (each.version === version || each.candidate?.version === version));
    if (key && key.version !== version) return { secret: this.candidateSecret, config: key.candidate!.config, version, provider: key.provider };
    if (!key) throw new AppError('not_found', 'There is no such key.');
    this.opened.push(keyId);
    return { secret: key.secret, config: key.config, version, provider: key.provider, keepMs: this.keepMs };
  }

  async noteHealth(note: NoteHealthMessage): Promise<object> {
    this.notes.push(note);
    const key = this.keys.find((each) => each.id === note.keyId && each.version === note.version);
    if (key && (note.outcome === 'valid' || note.outcome === 'invalid')) key.status = note.outcome === 'valid' ? 'active' : 'invalid';
    return {};
  }

  running: NoteRunningMessage[] = [];
  toCut: string[] = [];

  async noteRunning(request: NoteRunningMessage): Promise<{ keyIds: string[] }> {
    this.running.push(request);
    return { keyIds: request.items.map((item) => item.keyId).filter((id) => this.toCut.includes(id)) };
  }

  /** Adds a usable key. */
  hold(key: Partial<UsableKeyMessage> & { provider: string; secret: string; owner?: { type: OwnerType; id: string } }): string {
    const id = newId('key');
    this.keys.push({ id, owner: { type: 'group', id: newId('group') }, version: 1, status: 'active', allowedModels: [], config: {}, priority: 0, ...key });
    return id;
  }
}

/** Billing in memory behind the gateway's own port: grants what it is told to. */
export class FakeBilling implements BillingForGateway {
  taken: TakeHoldMessage[] = [];
  released: string[] = [];
  extended: string[] = [];
  refusal: AppError | undefined;
  maxOutputTokens = 0;
  leaseMs = 60_000;

  async takeHold(request: TakeHoldMessage): Promise<HoldReplyMessage> {
    this.taken.push(request);
    if (this.refusal) throw this.refusal;
    return { maxOutputTokens: this.maxOutputTokens, heldUsd: '0.012300', leaseMs: this.leaseMs };
  }

  prices: PriceSnapshotMessage = { version: '', lines: '' };

  async getPrices(): Promise<PriceSnapshotMessage> {
    return this.prices;
  }

  async extendHolds({ eventIds }: { eventIds: readonly string[] }): Promise<object> {
    this.extended.push(...eventIds);
    return {};
  }

  async releaseHold({ eventId }: { eventId: string }): Promise<object> {
    this.released.push(eventId);
    return {};
  }
}

export interface GatewayWorld {
  url: string;
  upstream: FakeUpstream;
  vault: FakeVault;
  billing: FakeBilling;
  db: Database;
  database: TestDatabase;
  gateway: ServingGateway;
  config: GatewayConfig;
  org: Org;
  group: Group;
  user: User;
  token: Token;
  tokenText: string;
  events: UsageEvent[];
  logLines: { fields: Record<string, unknown>; message: string }[];
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Begins anew: forgets what the provider saw, and which events are of earlier calls. */
  reset(): void;
  /** Waits until so many usage events of calls since the last reset arrived at the queue. */
  usage(count: number): Promise<UsageEvent[]>;
  close(): Promise<void>;
}

const SILENT = createLog('gateway-test', 'error');

/** A gateway on a real database and a fake provider, with one user who has a token. */
export async function gatewayWorld(changes: Record<string, unknown> = {}): Promise<GatewayWorld> {
  const database = await testDatabase();
  const upstream = await startFakeUpstream();
  const db = await openDatabase({ url: database.url('admin'), applicationName: 'test', log: SILENT, scope: EVERY_ORG });
  const gatewayDb = await openDatabase({ url: database.url('gateway'), applicationName: 'test-gateway', log: SILENT, scope: EVERY_ORG });
  const folder = mkdtempSync(join(tmpdir(), 'byok-gateway-'));
  const { publicKey } = generateKeyPairSync('ed25519');
  const config = GatewayConfig.parse({
    TLS_CA: '-',
    TLS_CERT: '-',
    TLS_KEY: '-',
    PORT: 0,
    DATABASE_URL: database.url('gateway'),
    VAULT_ADDRESS: '127.0.0.1:1',
    BILLING_ADDRESS: '127.0.0.1:1',
    SPOOL_DIR: join(folder, 'spool'),
    SESSION_PUBLIC_KEY: publicKey.export({ type: 'spki', format: 'pem' }),
    BYOK_PROVIDER_BASE_URLS: JSON.stringify(upstream.baseUrls('openai', 'anthropic', 'groq', 'openrouter')),
    DRAIN_MS: 500,
    ...changes,
  });
  const vault = new FakeVault();
  const billing = new FakeBilling();
  const events: UsageEvent[] = [];
  const logLines: GatewayWorld['logLines'] = [];
  let since = 0;
  const say = (fields: Record<string, unknown>, message: string): void => void logLines.push({ fields, message });
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const queue = { add: async (batch: UsageBatch) => void events.push(...eventsOfBatch(batch)), close: async () => undefined };
  const gateway = await serveGateway(config, { db: gatewayDb, vault, billing, queue, clock: systemClock, callLog: callLogInto(logLines) }, log);
  const seeded = await seed(db);
  const url = `http://127.0.0.1:${gateway.port}`;
  return {
    url,
    upstream,
    vault,
    billing,
    db,
    database,
    gateway,
    config,
    ...seeded,
    events,
    logLines,
    post: (path, body, headers = {}) =>
      fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${seeded.tokenText}`, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) }),
    reset: () => {
      upstream.reset();
      since = Date.now();
      logLines.length = 0;
    },
    usage: async (count) => {
      const arrived = (): UsageEvent[] => events.filter((event) => event.startedAt >= since);
      for (let waited = 0; arrived().length < count && waited < 5_000; waited += 20) await new Promise((resolve) => setTimeout(resolve, 20));
      return arrived();
    },
    close: async () => {
      await gateway.stop();
      await Promise.all([upstream.close(), db.close(), gatewayDb.close()]);
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The gateway's own log of calls; each line is read back at once. */
function callLogInto(lines: GatewayWorld['logLines']): CallLog {
  const log = new BatchedCallLog((line) => void lines.push({ fields: JSON.parse(line) as Record<string, unknown>, message: 'call' }), process.pid, systemClock);
  return {
    say: (ended) => {
      log.say(ended);
      log.flush();
    },
  };
}

async function seed(db: Database): Promise<Pick<GatewayWorld, 'org' | 'group' | 'user' | 'token' | 'tokenText'>> {
  return db.transaction(async (tx) => {
    const org = await createOrg(tx, { name: 'Acme', tier: 'enterprise' });
    const user = await createUser(tx, org.id, { email: 'ada@acme.test', name: 'Ada', role: 'member' });
    const group = await createGroup(tx, org.id, { name: 'Research' });
    await putMember(tx, org.id, group.id, user.id);
    const { token, text } = await createToken(tx, org.id, { name: 'laptop', userId: user.id, createdBy: user.id });
    return { org, group, user, token, tokenText: text };
  });
}
