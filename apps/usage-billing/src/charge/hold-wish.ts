import type { HoldReplyMessage, SpendingFacts } from '@byok/contracts';
import { OWNERS } from '@byok/kernel';
import { z } from 'zod';

const TOKENS = 1_000_000_000;

const word = (max: number) => z.string().min(1).max(max).refine((text) => !text.includes('\0'));
const idOrNone = z.string().max(64).refine((text) => !text.includes('\0')).default('').transform((text) => text || null);

/** TakeHold as it comes over gRPC: strings that are not set are empty. */
export const HoldWish = z.object({
  eventId: z.string().regex(/^evt_[0-9a-f]{32}$/),
  requestId: word(64),
  orgId: word(64),
  groupId: idOrNone,
  userId: idOrNone,
  tokenId: idOrNone,
  keyId: word(64),
  keyOwner: z.enum(OWNERS),
  provider: word(64),
  model: word(256),
  endpoint: word(32),
  inputTokens: z.int().min(0).max(TOKENS),
  maxOutputTokens: z.int().min(0).max(TOKENS).default(0),
  choices: z.int().min(0).max(1_000).default(0).transform((choices) => choices || 1),
  tags: z.record(word(64), z.string().max(256)).default({}),
  writesNoCache: z.boolean().default(false),
  hasNoAudio: z.boolean().default(false),
});
export type HoldWish = z.infer<typeof HoldWish>;

/** As HoldReplyMessage. */
export type HoldReply = HoldReplyMessage;

export function spendingOf(wish: HoldWish): SpendingFacts {
  const { orgId, groupId, userId, tokenId, keyId, provider, model, tags, keyOwner } = wish;
  return { orgId, groupIds: groupId === null ? [] : [groupId], userId, tokenId, keyId, provider, model, tags, keyOwner };
}
