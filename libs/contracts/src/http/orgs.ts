import { z } from 'zod';
import { AnyId, Line, Timestamp } from './wire.js';

export const Tier = z.enum(['trial', 'starter', 'professional', 'enterprise']);
export const OrgStatus = z.enum(['active', 'frozen', 'deleted']);
export const PlatformCredits = z.enum(['never', 'when-no-key', 'when-no-key-or-key-fails']);
export const AggregatorOrder = z.enum(['first', 'last']);

export const Org = z
  .object({
    id: z.string(),
    name: z.string(),
    tier: Tier,
    status: OrgStatus,
    platformCredits: PlatformCredits.describe('when calls of this org may be paid with platform credits'),
    aggregator: AggregatorOrder.describe('whether an aggregator key goes before direct provider keys'),
    platformKeysGranted: z.boolean().describe('whether platform keys may serve this org at all'),
    createdAt: Timestamp,
  })
  .meta({ id: 'Org' });
export type Org = z.infer<typeof Org>;

export const CreateOrg = z
  .strictObject({ name: Line(120).min(1), tier: Tier.optional(), platformKeysGranted: z.boolean().optional() })
  .meta({ id: 'CreateOrg' });
export type CreateOrg = z.infer<typeof CreateOrg>;

/** The last three fields are the platform operator's. */
export const UpdateOrg = z
  .strictObject({
    name: Line(120).min(1).optional(),
    platformCredits: PlatformCredits.optional(),
    aggregator: AggregatorOrder.optional(),
    tier: Tier.optional(),
    status: z.enum(['active', 'frozen']).optional(),
    platformKeysGranted: z.boolean().optional(),
  })
  .meta({ id: 'UpdateOrg' });
export type UpdateOrg = z.infer<typeof UpdateOrg>;

export const OrgPath = z.object({ org: AnyId });
export type OrgPath = z.infer<typeof OrgPath>;

/** Another org than the caller's own: for the platform's operator. */
export const OrgQuery = z.strictObject({ org: AnyId.optional() });
export type OrgQuery = z.infer<typeof OrgQuery>;
