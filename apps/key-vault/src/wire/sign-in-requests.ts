import { isId } from '@byok/kernel';
import type { OrgId } from '@byok/kernel';
import { z } from 'zod';

import { Actor } from './requests.js';

export { ActorRequest } from './requests.js';
const issuer = z.string().min(1).max(1000);

export const KeepSignInSecretRequest = z.object({ actor: Actor, secret: z.string(), issuer });
export const OpenSignInSecretRequest = z.object({ orgId: z.custom<OrgId>((value) => isId('org', value)), issuer });
