import type { Actor, KeyMessage, ListKeysMessage, StageKeyMessage, StoreKeyMessage, UpdateKeyMessage, VaultForAdmin } from '@byok/contracts';
import { may, principalOfSession, principalOfToken, principalOrThrow, type Principal } from '@byok/identity';
import { AppError, newId, type Clock, type SessionId, type TokenId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { keyResource } from '../keys/key-owner.js';

type Deps = { db: Sql; clock: Clock };

/** Keeps keys in memory and, as the vault does, asks the database who the actor is and believes nothing else. */
export class VaultStandIn implements VaultForAdmin {
  readonly keys = new Map<string, KeyMessage>();
  readonly secrets: string[] = [];

  constructor(private readonly deps: Deps) {}

  async storeKey(request: StoreKeyMessage): Promise<KeyMessage> {
    const principal = await this.#who(request.actor);
    this.secrets.push(request.secret);
    const { owner, provider, label = '', description = '', allowedUsers = [], allowedModels = [], config = {}, priority = 0, testOutcome = '' } = request;
    const key: KeyMessage = {
      ...{ owner, provider, label, description, allowedUsers, allowedModels, config, priority, lastTestOutcome: testOutcome },
      ...{ id: newId('key'), orgId: owner.type === 'platform' ? 'platform' : principal.orgId, last4: request.secret.slice(-4), status: 'active', statusReason: '' },
      ...{ version: 1, createdAt: new Date().toISOString(), createdBy: principal.userId ?? '', lastTestedAt: testOutcome && new Date().toISOString() },
      ...{ health: 'unknown', healthReason: '', healthAt: '', expiresAt: request.expiresAt ?? '', rotateAfterDays: request.rotateAfterDays ?? 0 },
      ...{ secretSince: new Date().toISOString(), lastUsedAt: '', warnings: [], candidate: null, former: null },
    };
    this.keys.set(key.id, key);
    return key;
  }

  async listKeys({ actor, ownerType, ownerId, provider, status }: ListKeysMessage): Promise<{ items: KeyMessage[]; next: string }> {
    const principal = await this.#who(actor);
    const fits = (asked: string | undefined, is: string): boolean => !asked || asked === is;
    const items = [...this.keys.values()].filter((key) => fits(ownerType, key.owner.type) && fits(ownerId, key.owner.id) && fits(provider, key.provider) && fits(status, key.status));
    return { items: items.filter((key) => may(principal, 'key:read', keyResource(key))), next: '' };
  }

  getKey({ actor, keyId }: { actor: Actor; keyId: string }): Promise<KeyMessage> {
    return this.#reach(actor, keyId);
  }

  async updateKey({ actor, keyId, ...change }: UpdateKeyMessage): Promise<KeyMessage> {
    const key = await this.#reach(actor, keyId);
    const { label = key.label, priority = key.priority, expiresAt = key.expiresAt, rotateAfterDays = key.rotateAfterDays, allowedUsers, allowedModels } = change;
    return Object.assign(key, { label, priority, expiresAt, rotateAfterDays, allowedUsers: allowedUsers?.values ?? key.allowedUsers, allowedModels: allowedModels?.values ?? key.allowedModels });
  }

  async rotateKey({ actor, keyId, secret, config }: Parameters<VaultForAdmin['rotateKey']>[0]): Promise<KeyMessage> {
    const key = await this.#reach(actor, keyId);
    this.secrets.push(secret);
    return Object.assign(key, { version: key.version + 1, config, last4: secret.slice(-4) });
  }

  async stageKey({ actor, keyId, secret, config, percent, overlapUntil, rollbackAfter }: StageKeyMessage): Promise<KeyMessage> {
    const key = await this.#reach(actor, keyId);
    this.secrets.push(secret);
    const none = { answered: 0, refused: 0, failed: 0 };
    const staged = { stagedAt: new Date().toISOString(), stagedBy: 'usr_x', counts: none, currentCounts: none };
    return Object.assign(key, { candidate: { ...staged, version: key.version + 1, last4: secret.slice(-4), config, percent, overlapUntil, rollbackAfter: rollbackAfter || 3 } });
  }

  async promoteKey({ actor, keyId }: { actor: Actor; keyId: string }): Promise<KeyMessage> {
    const key = await this.#reach(actor, keyId);
    if (!key.candidate) throw new AppError('conflict', 'This key has no candidate.');
    const former = { version: key.version, last4: key.last4, openUntil: new Date(Date.now() + 3_600_000).toISOString() };
    return Object.assign(key, { version: key.candidate.version, last4: key.candidate.last4, candidate: null, former });
  }

  async rollBackKey({ actor, keyId }: { actor: Actor; keyId: string }): Promise<KeyMessage> {
    const key = await this.#reach(actor, keyId);
    if (!key.candidate) throw new AppError('conflict', 'This key has no candidate.');
    return Object.assign(key, { candidate: null });
  }

  async setKeyStatus({ actor, keyId, status }: { actor: Actor; keyId: string; status: string }): Promise<KeyMessage> {
    return Object.assign(await this.#reach(actor, keyId), { status });
  }

  async revokeKey({ actor, keyId }: { actor: Actor; keyId: string }): Promise<KeyMessage> {
    return Object.assign(await this.#reach(actor, keyId), { status: 'revoked' });
  }

  async reportHealth({ actor, keyId, outcome }: Parameters<VaultForAdmin['reportHealth']>[0]): Promise<KeyMessage> {
    return Object.assign(await this.#reach(actor, keyId), { lastTestOutcome: outcome, status: outcome === 'invalid' ? 'invalid' : 'active' });
  }

  readonly signInSecrets = new Map<string, string>();

  async keepSignInSecret({ actor, secret }: { actor: Actor; secret: string }): Promise<object> {
    this.signInSecrets.set((await this.#who(actor)).orgId, secret);
    return {};
  }

  async dropSignInSecret({ actor }: { actor: Actor }): Promise<object> {
    this.signInSecrets.delete((await this.#who(actor)).orgId);
    return {};
  }

  async openSignInSecret({ orgId }: { orgId: string }): Promise<{ secret: string }> {
    const secret = this.signInSecrets.get(orgId);
    if (secret === undefined) throw new AppError('not_found', 'There is no such secret.');
    return { secret };
  }

  async listAudit({ actor }: { actor: Actor }) {
    const principal = await this.#who(actor);
    const row = { sequence: 1, at: '2026-01-01T00:00:00.000Z', action: 'key.store', actorId: principal.userId ?? '', targetId: 'key_x', outcome: 'allowed', details: '{"provider":"openai"}' };
    return { items: [row], next: '' };
  }

  async verifyAudit({ actor }: { actor: Actor }) {
    await this.#who(actor);
    return { ok: true, rows: 1, firstBadSequence: 0, reason: '', checkpointSequence: 0, checkpointAt: '' };
  }

  async #reach(actor: Actor, keyId: string): Promise<KeyMessage> {
    const principal = await this.#who(actor);
    const key = this.keys.get(keyId);
    if (!key || !may(principal, 'key:read', keyResource(key))) throw new AppError('not_found', 'There is no such key.');
    return key;
  }

  async #who(actor: Actor): Promise<Principal> {
    const { db, clock } = this.deps;
    return principalOrThrow(await (actor.tokenId ? principalOfToken(db, actor.tokenId as TokenId, clock) : principalOfSession(db, actor.sessionId as SessionId, clock)));
  }
}
