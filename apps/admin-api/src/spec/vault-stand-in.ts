import type { Actor, KekStateMessage, KeyMessage, KeyUseMessage, ListKeysMessage, OrgEncryptionMessage, RotationMessage, StageKeyMessage, StoreKeyMessage, UpdateKeyMessage, VaultForAdmin } from '@byok/contracts';
import { may, principalOfSession, principalOfToken, principalOrThrow, type Principal } from '@byok/identity';
import { AppError, newId, type Clock, type SessionId, type TokenId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { keyResource } from '../keys/key-owner.js';

type Deps = { db: Sql; clock: Clock };

/** Keeps keys in memory and, as the vault does, asks the database who the actor is and believes nothing else. */
export class VaultStandIn implements VaultForAdmin {
  readonly keys = new Map<string, KeyMessage>();
  readonly secrets: string[] = [];
  dataKeys = 1;
  readonly keks = new Map<string, string>();
  readonly sealedOrgs = new Set<string>();

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

  /** What is known of keys beside their facts. */
  readonly uses = new Map<string, KeyUseMessage>();

  async sealKey({ actor, keyId, reason, cutStreams }: Parameters<VaultForAdmin['sealKey']>[0]): Promise<KeyMessage> {
    const key = await this.#reach(actor, keyId);
    this.#useOf(keyId).seal = { reason, cutStreams, sealedBy: (await this.#who(actor)).userId ?? '', sealedAt: new Date().toISOString() };
    return Object.assign(key, { status: 'disabled', statusReason: `Sealed: ${reason}` });
  }

  async unsealKey({ actor, keyId }: Parameters<VaultForAdmin['unsealKey']>[0]): Promise<KeyMessage> {
    const key = await this.#reach(actor, keyId);
    if (!this.#useOf(keyId).seal) throw new AppError('conflict', 'This key is not sealed.');
    this.#useOf(keyId).seal = null;
    return Object.assign(key, { status: 'active', statusReason: '' });
  }

  async transferKey({ actor, keyId, owner }: Parameters<VaultForAdmin['transferKey']>[0]): Promise<KeyMessage> {
    const key = await this.#reach(actor, keyId);
    return Object.assign(key, { owner, version: key.version + 1 });
  }

  async grantKey({ actor, keyId, userId, expiresAt }: Parameters<VaultForAdmin['grantKey']>[0]): Promise<object> {
    if (!may(await this.#who(actor), 'key:update', keyResource(await this.#reach(actor, keyId)))) throw new AppError('forbidden', 'No.');
    const use = this.#useOf(keyId);
    use.grants = [...use.grants.filter((grant) => grant.userId !== userId), { userId, until: expiresAt }];
    return {};
  }

  async endKeyGrant({ actor, keyId, userId }: Parameters<VaultForAdmin['endKeyGrant']>[0]): Promise<object> {
    await this.#reach(actor, keyId);
    const use = this.#useOf(keyId);
    if (!use.grants.some((grant) => grant.userId === userId)) throw new AppError('not_found', 'There is no such grant.');
    use.grants = use.grants.filter((grant) => grant.userId !== userId);
    return {};
  }

  async keyUses({ actor, keyIds }: Parameters<VaultForAdmin['keyUses']>[0]): Promise<{ items: KeyUseMessage[] }> {
    const principal = await this.#who(actor);
    const seen = keyIds.filter((id) => this.keys.has(id) && may(principal, 'key:inspect', keyResource(this.keys.get(id)!)));
    return { items: seen.map((id) => this.#useOf(id)) };
  }

  #useOf(keyId: string): KeyUseMessage {
    const use = this.uses.get(keyId) ?? { keyId, seal: null, grants: [], runningCalls: 0, openStreams: 0, toldAt: '' };
    this.uses.set(keyId, use);
    return use;
  }

  readonly signInSecrets = new Map<string, { secret: string; issuer: string }>();

  async keepSignInSecret({ actor, ...kept }: { actor: Actor; secret: string; issuer: string }): Promise<object> {
    this.signInSecrets.set((await this.#who(actor)).orgId, kept);
    return {};
  }

  async dropSignInSecret({ actor }: { actor: Actor }): Promise<object> {
    this.signInSecrets.delete((await this.#who(actor)).orgId);
    return {};
  }

  async openSignInSecret({ orgId, issuer }: { orgId: string; issuer: string }): Promise<{ secret: string }> {
    const kept = this.signInSecrets.get(orgId);
    if (kept?.issuer !== issuer) throw new AppError('not_found', 'There is no such secret.');
    return { secret: kept.secret };
  }

  async startRotation({ actor }: { actor: Actor }): Promise<RotationMessage> {
    await this.#who(actor);
    this.dataKeys += 1;
    return this.rotationStatus({ actor });
  }

  async rotationStatus({ actor }: { actor: Actor }): Promise<RotationMessage> {
    await this.#who(actor);
    const version = { version: this.dataKeys, state: 'active', kekUri: 'env:', createdAt: '2026-01-01T00:00:00.000Z', destroyAfter: '' };
    return { phase: 'idle', version: this.dataKeys, pendingVersion: 0, total: 0, left: 0, undecryptable: 0, percent: 100, versions: [version], shredGraceDays: 7, backupDays: 35 };
  }

  isReady = true;
  async readiness(): Promise<{ ready: boolean }> {
    return { ready: this.isReady };
  }

  async orgEncryption({ actor }: { actor: Actor }): Promise<OrgEncryptionMessage> {
    const { orgId } = await this.#who(actor);
    const kekUri = this.keks.get(orgId) ?? '';
    const sealedAt = this.sealedOrgs.has(orgId) ? '2026-01-01T00:00:00.000Z' : '';
    const told = { kekUri, kekVersion: kekUri && '1', setAt: kekUri && '2026-01-01T00:00:00.000Z', setBy: kekUri && 'usr_x', sealedAt, sealedBy: sealedAt && 'usr_x' };
    return { ...told, isOwn: kekUri !== '', state: 'ok', dataKeys: 1, dataKeysElsewhere: 0, stopsWithinSeconds: kekUri ? 60 : 0 };
  }

  async setOrgKek({ actor, kekUri }: { actor: Actor; kekUri: string }): Promise<OrgEncryptionMessage> {
    this.keks.set((await this.#who(actor)).orgId, kekUri);
    return this.orgEncryption({ actor });
  }

  async sealOrg({ actor }: { actor: Actor }): Promise<OrgEncryptionMessage> {
    this.sealedOrgs.add((await this.#who(actor)).orgId);
    return this.orgEncryption({ actor });
  }

  async unsealOrg({ actor }: { actor: Actor }): Promise<OrgEncryptionMessage> {
    this.sealedOrgs.delete((await this.#who(actor)).orgId);
    return this.orgEncryption({ actor });
  }

  startRewrap({ actor }: { actor: Actor }): Promise<KekStateMessage> {
    return this.rewrapStatus({ actor });
  }

  async rewrapStatus({ actor }: { actor: Actor }): Promise<KekStateMessage> {
    await this.#who(actor);
    const kek = { kekUri: 'env:', kekVersion: 'env:1', rows: 1, isActive: true, safeToDisable: false, inBackupsUntil: '' };
    return { running: false, total: 1, left: 0, percent: 100, startedAt: '', finishedAt: '', lastError: '', keks: [kek], shreds: [], problems: [] };
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
