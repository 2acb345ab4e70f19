import { z } from 'zod';
import { Password } from './users.js';
import { AnyId, Timestamp } from './wire.js';

export const Session = z
  .object({ id: z.string(), createdAt: Timestamp, expiresAt: Timestamp, isCurrent: z.boolean().describe('the one that asks') })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

export const Sessions = z.object({ items: z.array(Session) }).meta({ id: 'Sessions' });
export type Sessions = z.infer<typeof Sessions>;

export const SessionPath = z.object({ session: AnyId });
export type SessionPath = z.infer<typeof SessionPath>;

export const ChangePassword = z.strictObject({ currentPassword: z.string().min(1).max(256), newPassword: Password }).meta({ id: 'ChangePassword' });
export type ChangePassword = z.infer<typeof ChangePassword>;
