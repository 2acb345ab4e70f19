import { z } from 'zod';
import { AnyId, Line, Timestamp } from './wire.js';

export const OrgRole = z.enum(['owner', 'admin', 'billing', 'auditor', 'member']);
export const UserStatus = z.enum(['active', 'disabled']);

export const User = z
  .object({
    id: z.string(),
    orgId: z.string(),
    email: z.string(),
    name: z.string(),
    role: OrgRole,
    isOperator: z.boolean(),
    status: z.string(),
    createdAt: Timestamp,
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const Password = z.string().min(12, 'must have at least 12 characters').max(256);

/** A user without a password cannot log in; tokens may still be made for them. */
export const CreateUser = z
  .strictObject({ email: z.email().max(320), name: Line(120).min(1), role: OrgRole.default('member'), password: Password.optional() })
  .meta({ id: 'CreateUser' });
export type CreateUser = z.infer<typeof CreateUser>;

export const UpdateUser = z
  .strictObject({ name: Line(120).min(1).optional(), role: OrgRole.optional(), status: UserStatus.optional(), password: Password.optional() })
  .meta({ id: 'UpdateUser' });
export type UpdateUser = z.infer<typeof UpdateUser>;

export const UserPath = z.object({ org: AnyId, user: AnyId });
export type UserPath = z.infer<typeof UserPath>;
