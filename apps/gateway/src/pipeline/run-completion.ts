import { splitVersions, type Conditions } from '@byok/routing';
import type { Retries } from '../conditions/retries.js';
import type { Call } from '../http/call.js';
import type { Authenticate } from './authenticate.js';
import { admitCaller } from './admit-caller.js';
import { deliver, type DeliverDeps } from './deliver.js';
import { firstAnswer } from './first-answer.js';
import type { KeysFor } from './keys-for.js';
import { newerVersion } from './newer-version.js';
import { pinAttempts } from './pin-attempts.js';
import { planCall } from './plan-call.js';
import { readWish } from './read-wish.js';
import { answerAgain } from '../repeats/answer-again.js';
import { repeatOf } from '../repeats/repeat-of.js';
import { tryAttempt, type TryDeps } from './try-attempt.js';

export interface CompletionDeps extends TryDeps, DeliverDeps {
  authenticate: Authenticate;
  keysFor: KeysFor;
  /** What is known now of cool-downs, breakers, speed and prices. */
  conditions: () => Conditions;
  retries: Retries;
  limits: TryDeps['limits'] & DeliverDeps['limits'] & { maxBodyBytes: number };
}

/** One call, start to finish: who is asking, what for, which keys may serve it; send, and bring the answer home. */
export async function runCompletion(call: Call, deps: CompletionDeps): Promise<void> {
  const principal = await deps.authenticate(call.credential, call.request);
  call.record.principal = principal;

  const wish = readWish(call.route.endpoint, await call.body(deps.limits.maxBodyBytes), call.pathFacts, call.task);
  call.record.model = wish.model;
  call.record.stream = wish.stream;

  await admitCaller(principal, wish, call, deps.counters);
  const ring = await deps.keysFor(principal);
  const planned = planCall(wish, principal, ring, deps.conditions(), call.requestId);
  const pinned = await pinAttempts(planned, wish, principal, ring, deps.state);
  // What goes on from an earlier call stays with the secret whose account has that.
  const attempts = pinned === planned ? splitVersions(planned, ring.candidates, call.requestId) : pinned;
  const repeat = repeatOf(attempts, wish, principal, call, deps.answers);
  if (repeat?.kept) return answerAgain(repeat, repeat.kept, wish, principal, call, deps);
  const answered = await firstAnswer(attempts, (attempt, number) => tryAttempt(attempt, number, wish, principal, call, deps), deps.retries, (attempt) => newerVersion(attempt, principal, deps));
  await deliver(answered, wish, repeat, call, deps);
}
