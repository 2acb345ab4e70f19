import { OWNERS, isId } from '@byok/kernel';
import type { UserId } from '@byok/kernel';
import { z } from 'zod';

import { Actor, line } from './requests.js';

const keyId = line(64);
const userId = z.custom<UserId>((value) => isId('user', value));
const count = z.int().min(0);

export const SealKeyRequest = z.object({ actor: Actor, keyId, reason: line(200).min(1), cutStreams: z.boolean() });
export const UnsealKeyRequest = z.object({ actor: Actor, keyId, reason: line(200) });
export const TransferKeyRequest = z.object({ actor: Actor, keyId, owner: z.object({ type: z.enum(OWNERS), id: z.string().max(64) }), reason: line(200) });
export const GrantKeyRequest = z.object({ actor: Actor, keyId, userId, expiresAt: z.iso.datetime().transform((text) => new Date(text)) });
export const EndKeyGrantRequest = z.object({ actor: Actor, keyId, userId });
export const KeyUsesRequest = z.object({ actor: Actor, keyIds: z.array(keyId).max(200) });
export const NoteRunningRequest = z.object({ gatewayId: line(64).min(1), items: z.array(z.object({ keyId, calls: count, streams: count })).max(10_000) });
