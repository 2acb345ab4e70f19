import type { Translation } from '@byok/providers';
import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';
import type { Call } from '../http/call.js';
import { isMoneyAtStake } from '../holds/at-stake.js';
import { holdRequest } from '../holds/hold-request.js';
import type { Hold, Holds } from '../holds/holds.js';
import type { Target } from '../upstream/http-client.js';
import type { AuthoriseDeps } from '../upstream/authorise.js';
import type { OpenedKey } from '../upstream/opened-key.js';
import type { CallRecord } from '../http/call-record.js';
import { admit, type Admission } from '../limits/rate-limits.js';
import { eventIdOf } from '../request-id.js';
import { attemptSubjects } from '../limits/subjects.js';
import type { Counters } from '../limits/counters.js';
import { estimatedTokens } from '../estimated-tokens.js';
import { AttemptMeter, type MeterDeps } from './meter.js';
import type { OpenKey } from './open-key.js';
import { outgoing } from './outgoing.js';
import { preferredCap, tighterCap } from './output-cap.js';
import type { Wish } from './read-wish.js';
import { tagsOf } from './tags-of.js';

export interface PrepareDeps extends MeterDeps, AuthoriseDeps {
  openKey: OpenKey;
  holds: Holds;
  counters: Counters;
}

const NONE: readonly string[] = [];

/** An attempt that may be made: its key is open, its money reserved, its intent on disk. */
export interface Prepared {
  key: OpenedKey;
  target: Target;
  body: Buffer;
  translation: Translation | null;
  /** Headers made for this one request, as a flat raw array. */
  headers: readonly string[];
  /** null where nobody's money is at stake but the key owner's. */
  hold: Hold | null;
  meter: AttemptMeter;
}

/**
 * Everything that has to be true before the provider hears of an attempt. Where one of it fails, what was reserved is free again.
 * @throws AppError
 */
export async function prepareAttempt(attempt: Attempt, number: number, wish: Wish, principal: Principal, call: Call, deps: PrepareDeps): Promise<Prepared> {
  const cap = preferredCap(wish, principal);
  const key = await deps.openKey({ attempt, principal, requestId: call.requestId });
  const target = key.target(attempt.endpoint, { model: attempt.upstreamModel, stream: wish.stream }, deps);
  const tags = tagsOf(principal, call.request.headers);
  const subjects = attemptSubjects(principal, attempt);
  const admission = subjects.length > 0 ? await admit(subjects, { id: eventIdOf(call.requestId, number), tokens: estimatedTokens(wish.body.length), code: 'rate_limited' }, deps.counters) : null;
  let hold: Hold | null = null;
  try {
    if (isMoneyAtStake(attempt, principal, tags)) hold = await deps.holds.take(holdRequest(attempt, number, wish, principal, call.requestId, tags));
    const { body, translation } = outgoing(wish, attempt, tighterCap(hold?.maxOutputTokens ?? 0, cap), call.requestId, deps.clock);
    const signed = target.authorise ? await target.authorise({ method: 'POST', url: target.url, body }, deps) : NONE;
    const headers = translation?.headers ? [...signed, ...translation.headers] : signed;
    const whenOver = over.bind(null, call.record, hold, admission);
    const meter = new AttemptMeter({ principal, attempt, number, requestId: call.requestId, endpoint: wish.endpoint, stream: wish.stream, requestBytes: body.length, tags, whenOver }, deps);
    call.assertWanted();
    await meter.begin();
    return { key, target, body, translation, headers, hold, meter };
  } catch (error) {
    hold?.release();
    admission?.over(0);
    throw error;
  }
}

function over(record: CallRecord, hold: Hold | null, admission: Admission | null, tokens: number): void {
  record.tokens = (record.tokens ?? 0) + tokens;
  hold?.over();
  admission?.over(tokens);
}
