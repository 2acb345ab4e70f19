import { z } from 'zod';
import { OWNERS } from '@byok/kernel';
import { Key, KeyOwner } from './keys.js';
import { AnyId, Line, Timestamp } from './wire.js';

/** A reason is asked for: somebody will read it in the audit, and on the key. */
export const SealKey = z
  .strictObject({ reason: Line(200).min(1), cutStreams: z.boolean().default(false).describe('end the calls that run with it, too; otherwise they may finish') })
  .meta({ id: 'SealKey' });
export type SealKey = z.infer<typeof SealKey>;

export const UnsealKey = z.strictObject({ reason: Line(200).default('') }).meta({ id: 'UnsealKey' });
export type UnsealKey = z.infer<typeof UnsealKey>;

/** Without `id`: the caller, their only group, or their org. */
export const TransferKey = z.strictObject({ owner: z.strictObject({ type: z.enum(OWNERS), id: AnyId.optional() }), reason: Line(200).default('') }).meta({ id: 'TransferKey' });
export type TransferKey = z.infer<typeof TransferKey>;

/** Whom it would hurt to stop this key. */
export const BlastRadius = z
  .object({
    key: Key.pick({ id: true, orgId: true, owner: true, provider: true, label: true, status: true, statusReason: true, lastUsedAt: true }),
    seal: z.object({ reason: z.string(), cutStreams: z.boolean(), sealedBy: z.string(), sealedAt: Timestamp }).nullable(),
    groups: z.array(z.object({ id: z.string(), name: z.string() })).describe('whose members may use it'),
    members: z.array(z.object({ id: z.string(), name: z.string(), email: z.string(), until: Timestamp.nullable().describe('by a grant that ends then') })),
    tokens: z.array(z.object({ id: z.string(), name: z.string(), userId: z.string().nullable().describe('null: a service'), groupId: z.string().nullable() })),
    hasMore: z.boolean().describe('there are more than 1,000 members or tokens'),
    usage: z.object({
      from: Timestamp,
      to: Timestamp,
      requests: z.number().int(),
      costUsd: z.string().nullable(),
      models: z.array(z.object({ model: z.string(), requests: z.number().int() })),
      users: z.array(z.object({ user: z.string(), requests: z.number().int() })),
    }),
    running: z
      .object({ calls: z.number().int(), streams: z.number().int(), at: Timestamp })
      .nullable()
      .describe('what the gateways told within the last half minute; null: none told of this key'),
  })
  .meta({ id: 'BlastRadius' });
export type BlastRadius = z.infer<typeof BlastRadius>;

export const StaleKeysQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(3_650).default(90) });
export type StaleKeysQuery = z.infer<typeof StaleKeysQuery>;

export const StaleKeys = z
  .object({
    before: Timestamp,
    items: z.array(
      z.object({
        keyId: z.string(),
        label: z.string(),
        provider: z.string(),
        owner: KeyOwner,
        ownerName: z.string(),
        status: z.string(),
        createdAt: Timestamp,
        lastUsedAt: Timestamp.nullable().describe('to the hour; null: never'),
        idleDays: z.number().int(),
        todo: z.string(),
      }),
    ),
  })
  .meta({ id: 'StaleKeys' });
export type StaleKeys = z.infer<typeof StaleKeys>;

export const Leavers = z
  .object({
    items: z.array(
      z.object({
        kind: z.enum(['key-owned', 'key-created', 'token', 'service-token', 'group-without-admin']),
        userId: z.string().nullable(),
        userName: z.string().nullable(),
        userStatus: z.enum(['disabled', 'deleted']).nullable(),
        id: z.string().describe('of the key, the token or the group'),
        name: z.string(),
        status: z.string(),
        todo: z.string(),
      }),
    ),
  })
  .meta({ id: 'Leavers' });
export type Leavers = z.infer<typeof Leavers>;
