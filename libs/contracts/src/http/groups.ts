import { z } from 'zod';
import { AnyId, Line, Timestamp } from './wire.js';

export const GroupRole = z.enum(['admin', 'member']);

export const Group = z.object({ id: z.string(), orgId: z.string(), name: z.string(), createdAt: Timestamp }).meta({ id: 'Group' });
export type Group = z.infer<typeof Group>;

export const CreateGroup = z.strictObject({ name: Line(120).min(1) }).meta({ id: 'CreateGroup' });
export type CreateGroup = z.infer<typeof CreateGroup>;

export const Member = z.object({ groupId: z.string(), userId: z.string(), role: GroupRole, expiresAt: Timestamp.nullable().describe('null: until somebody ends it') }).meta({ id: 'Member' });
export type Member = z.infer<typeof Member>;

export const SetMember = z.strictObject({ role: GroupRole.default('member') }).meta({ id: 'SetMember' });
export type SetMember = z.infer<typeof SetMember>;

export const GroupPath = z.object({ org: AnyId, group: AnyId });
export type GroupPath = z.infer<typeof GroupPath>;
export const MemberPath = z.object({ org: AnyId, group: AnyId, user: AnyId });
export type MemberPath = z.infer<typeof MemberPath>;
