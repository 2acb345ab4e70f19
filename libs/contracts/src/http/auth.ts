import { z } from 'zod';
import { OrgRole, User } from './users.js';
import { GroupRole } from './groups.js';

export const Login = z.strictObject({ email: z.string().min(1).max(320), password: z.string().min(1).max(256) }).meta({ id: 'Login' });
export type Login = z.infer<typeof Login>;

/** The refresh token travels in an HttpOnly cookie, never in the body. */
export const LoginAnswer = z
  .object({ accessToken: z.string(), tokenType: z.literal('Bearer'), expiresIn: z.number().int().describe('seconds'), user: User })
  .meta({ id: 'LoginAnswer' });
export type LoginAnswer = z.infer<typeof LoginAnswer>;

/** Who the presented credential stands for. */
export const Me = z
  .object({
    orgId: z.string(),
    userId: z.string().nullable(),
    tokenId: z.string().nullable(),
    sessionId: z.string().nullable(),
    email: z.string().nullable(),
    roles: z.array(OrgRole),
    isOperator: z.boolean(),
    groups: z.array(z.object({ id: z.string(), role: GroupRole })),
    managementScopes: z.array(z.string()),
    permissions: z.array(z.string()).describe('what this credential may do somewhere in its org'),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;
