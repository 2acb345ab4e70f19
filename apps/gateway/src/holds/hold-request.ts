import type { TakeHoldMessage } from '@byok/contracts';
import type { RequestId } from '@byok/kernel';
import { choicesOf, maxOutputOf } from '@byok/providers';
import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';
import type { Wish } from '../pipeline/read-wish.js';
import { eventIdOf } from '../request-id.js';
import { groupOf } from './at-stake.js';

/** No text that people write takes more than a token for two bytes. What does all the same is covered by the rule for overruns. */
const BYTES_PER_TOKEN = 2;

/** What usage-billing has to know to reserve the most that an attempt can cost. */
export function holdRequest(attempt: Attempt, number: number, wish: Wish, principal: Principal, requestId: RequestId, tags: Readonly<Record<string, string>>): TakeHoldMessage {
  return {
    eventId: eventIdOf(requestId, number),
    requestId,
    orgId: principal.orgId,
    groupId: groupOf(attempt, principal) ?? '',
    userId: principal.userId ?? '',
    tokenId: principal.tokenId ?? '',
    keyId: attempt.keyId,
    keyOwner: attempt.owner.type,
    provider: attempt.provider.id,
    model: attempt.upstreamModel,
    endpoint: wish.endpoint,
    inputTokens: Math.ceil(wish.body.length / BYTES_PER_TOKEN),
    maxOutputTokens: maxOutputOf(wish.endpoint, wish.body, wish.scan) ?? 0,
    choices: choicesOf(wish.endpoint, wish.body, wish.scan) ?? 1,
    tags,
    writesNoCache: !wish.body.includes('"cache_control"'),
    hasNoAudio: !wish.body.includes('audio'),
  };
}
