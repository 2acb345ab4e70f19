import type { Meters, UsageEvent } from '@byok/contracts';
import { newId } from '@byok/kernel';

export const NO_METERS: Meters = { inputUncached: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0, audioIn: 0, audioOut: 0 };

/** For specs: a call through a group's key to gpt-4o that just ended. */
export function anEvent(facts: Partial<UsageEvent> = {}): UsageEvent {
  const startedAt = facts.startedAt ?? Date.now() - 1_000;
  return {
    v: 1,
    eventId: newId('event'),
    requestId: newId('request'),
    attempt: 1,
    orgId: 'org_1',
    groupId: 'grp_1',
    userId: 'usr_1',
    tokenId: 'tok_1',
    keyId: 'key_1',
    keyOwner: 'group',
    keyOwnerId: 'grp_1',
    provider: 'openai',
    model: 'gpt-4o',
    endpoint: 'chat',
    stream: false,
    tags: {},
    outcome: 'ok',
    httpStatus: 200,
    errorCode: null,
    meters: { ...NO_METERS, inputUncached: 1_000, output: 100 },
    usageSource: 'provider',
    estimated: false,
    startedAt,
    firstByteAt: startedAt + 200,
    endedAt: startedAt + 800,
    ...facts,
  };
}
