import { OWNERS, isId } from '@byok/kernel';
import type { KeyId, SessionId, TokenId, UserId } from '@byok/kernel';
import { z } from 'zod';

import { KEY_STATUSES } from '../store/key-row.js';

/** A line that may be shown in a table and written to a log: no control characters. */
export const line = (max: number) => z.string().max(max).regex(/^[^\p{Cc}\u2028\u2029]*$/u);
const keyId = z.custom<KeyId>((value) => isId('key', value));
const names = (max: number) => z.array(line(256).min(1)).max(max);
const config = z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/), line(4096)).refine((fields) => Object.keys(fields).length <= 50);
const allowedUsers = z.array(z.custom<UserId>((value) => isId('user', value))).max(1000);
const outcome = line(64);
/** proto3 cannot leave a string out: empty is never. */
const moment = z.union([z.literal('').transform(() => null), z.iso.datetime({ offset: true }).transform((text) => new Date(text))]);
const days = z.int().min(0).max(3650).transform((count) => (count === 0 ? null : count));

/** proto3 cannot leave a string out: empty is absent. Exactly one id is given. */
export const Actor = z
  .object({ tokenId: z.string(), sessionId: z.string() })
  .transform((actor, context): { tokenId: TokenId } | { sessionId: SessionId } => {
    if (isId('token', actor.tokenId) && actor.sessionId === '') return { tokenId: actor.tokenId };
    if (isId('session', actor.sessionId) && actor.tokenId === '') return { sessionId: actor.sessionId };
    context.addIssue({ code: 'custom', message: 'exactly one of tokenId and sessionId' });
    return z.NEVER;
  });
export type Actor = z.output<typeof Actor>;

export const Owner = z.object({ type: z.enum(OWNERS), id: z.string().max(64) });
export const ActorRequest = z.object({ actor: Actor });
/** Any text may be asked for: a malformed id is as unknown as a foreign one, and leaves the same trace. */
export const KeyRequest = z.object({ actor: Actor, keyId: line(64) });

export const StoreKeyRequest = z.object({
  actor: Actor,
  owner: Owner,
  provider: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
  secret: z.string(),
  label: line(200),
  description: line(2000),
  allowedUsers,
  allowedModels: names(1000),
  config,
  priority: z.int().min(-1_000_000).max(1_000_000),
  testOutcome: outcome,
  allowDuplicate: z.boolean(),
  expiresAt: moment.default(null),
  rotateAfterDays: days.default(null),
});

export const ListKeysRequest = z.object({
  actor: Actor,
  ownerType: z.enum(['', ...OWNERS]),
  ownerId: line(64),
  provider: line(64),
  status: z.enum(['', ...KEY_STATUSES]),
  after: z.union([z.literal(''), keyId]),
  limit: z.int().min(0),
});

const list = <T>(values: z.ZodType<T[]>) => z.object({ values }).nullish().transform((given) => given?.values);
export const UpdateKeyRequest = z.object({
  actor: Actor,
  keyId: line(64),
  label: line(200).optional(),
  description: line(2000).optional(),
  allowedUsers: list(allowedUsers),
  allowedModels: list(names(1000)),
  priority: z.int().min(-1_000_000).max(1_000_000).optional(),
  expiresAt: moment.optional(),
  rotateAfterDays: days.optional(),
});

export const RotateKeyRequest = z.object({ actor: Actor, keyId: line(64), secret: z.string(), config, testOutcome: outcome });
export const StageKeyRequest = RotateKeyRequest.extend({ percent: z.int().min(1).max(100), overlapUntil: moment, rollbackAfter: z.int().min(0).max(1000).transform((count) => count || 3) });
export const SetKeyStatusRequest = z.object({ actor: Actor, keyId: line(64), status: z.enum(['active', 'disabled']) });
const reason = z.string().max(1000).transform((text) => text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').slice(0, 200));
export const ReportHealthRequest = z.object({ actor: Actor, keyId: line(64), outcome: outcome.min(1), reason });
const count = z.int().min(0).max(1_000_000_000);
const counts = z.object({ answered: count, refused: count, failed: count }).nullish();
export const NoteHealthRequest = z.object({ actor: Actor, keyId: line(64), version: z.int().min(0), outcome: z.enum(['valid', 'invalid', 'no-credit', 'counted']), reason, counts, currentCounts: counts });
export const OpenKeyRequest = z.object({ actor: Actor, keyId: line(64), version: z.int().min(0), requestId: line(64), purpose: z.enum(['call', 'probe']) });
export const ScopeRequest = z.object({ actor: Actor, scope: z.enum(['org', 'platform']) });
export const TakeRevalidationRequest = z.object({ exceptProviders: z.array(line(64)).max(1000) });
export const ReportRevalidationRequest = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/), keyId, outcome: outcome.min(1), reason });
export const KeyWarningsRequest = z.object({ after: z.union([z.literal(''), keyId]) });
export const ListAuditRequest = z.object({ actor: Actor, after: z.string().regex(/^\d{0,15}$/), limit: z.int().min(0) });
