import { z } from 'zod';
import { Timestamp } from './wire.js';

/** identity: people, groups, tokens, denied requests. vault: everything that touched a key. Each is a hash chain of its own. */
export const AuditChain = z.enum(['identity', 'vault']);

export const AuditItem = z
  .object({
    chain: AuditChain,
    sequence: z.number().int(),
    at: Timestamp,
    action: z.string(),
    actorId: z.string().nullable(),
    targetId: z.string().nullable(),
    outcome: z.string().describe('allowed, denied or failed'),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditItem' });
export type AuditItem = z.infer<typeof AuditItem>;

export const AuditExportQuery = z.strictObject({ format: z.enum(['ndjson', 'csv']).default('ndjson') });
export type AuditExportQuery = z.infer<typeof AuditExportQuery>;

export const AuditCheck = z
  .object({
    ok: z.boolean(),
    rows: z.number().int(),
    firstBadSequence: z.number().int().nullable(),
    reason: z.string().nullable(),
    checkpoint: z.object({ sequence: z.number().int(), at: Timestamp }).nullable().describe('the newest row that is also written down outside the database; null when none is'),
  })
  .meta({ id: 'AuditCheck' });
export type AuditCheck = z.infer<typeof AuditCheck>;

/** `vault` is null where the caller's own org is not the one asked for: the vault shows an org's chain to its own people only. */
export const AuditVerification = z
  .object({ ok: z.boolean(), identity: AuditCheck, vault: AuditCheck.nullable() })
  .meta({ id: 'AuditVerification' });
export type AuditVerification = z.infer<typeof AuditVerification>;
