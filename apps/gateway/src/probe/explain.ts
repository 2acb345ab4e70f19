import type { ExplainMessage, ExplanationMessage, ExplainedKeyMessage } from '@byok/contracts';
import { principalOfSession, principalOfToken, principalOrThrow, type Principal } from '@byok/identity';
import { formatUsd, type Clock, type SessionId, type TokenId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import type { CallEndpoint } from '@byok/providers';
import { estimateCost, orderOf, whyNone, type Conditions, type Considered, type RequestPlan } from '@byok/routing';
import { newRequestId } from '../request-id.js';
import type { KeyRing, KeysFor } from '../pipeline/keys-for.js';
import { explainPlan } from '../pipeline/plan-call.js';
import { readWish, type Wish } from '../pipeline/read-wish.js';
import { estimatedTokens } from '../estimated-tokens.js';

export interface ExplainDeps {
  db: Sql;
  clock: Clock;
  keysFor: KeysFor;
  conditions: () => Conditions;
}

/** For the cost of a call that does not say how much it wants. */
const ASSUMED_OUTPUT = 500;

/**
 * How a call would be served now: the plan that `planCall` makes, with everything that was considered. Nothing is opened,
 * reserved or sent.
 * @throws AppError
 */
export async function explain(deps: ExplainDeps, request: ExplainMessage): Promise<ExplanationMessage> {
  const principal = await whoAsks(deps, request);
  const wish = wishOf(request);
  const ring = await deps.keysFor(principal);
  const conditions = deps.conditions();
  const { plan, policy } = explainPlan(wish, principal, ring, conditions, newRequestId(deps.clock.now()));
  const tokens = { input: estimatedTokens(wish.body.length), output: wish.endpoint === 'embeddings' ? 0 : (wish.scan.maxTokens ?? ASSUMED_OUTPUT) };
  const error = plan.attempts.length === 0 ? whyNone(plan) : null;
  const order = orderOf(policy);
  return {
    models: [...plan.models],
    task: plan.task?.task ?? '',
    taskBecause: plan.task?.because ?? '',
    order,
    notes: [...notesOn(plan, order, conditions), ...trialsIn(plan, ring)],
    candidates: candidatesOf(plan, principal, tokens, conditions),
    errorCode: error?.code ?? '',
    errorMessage: error?.message ?? '',
    inputTokens: tokens.input,
    outputTokens: tokens.output,
  };
}

/** Told by id alone, as the vault is: whoever speaks for somebody else must name a credential of theirs. */
async function whoAsks({ db, clock }: ExplainDeps, { tokenId, sessionId }: ExplainMessage): Promise<Principal> {
  return principalOrThrow(await (tokenId ? principalOfToken(db, tokenId as TokenId, clock) : principalOfSession(db, sessionId as SessionId, clock)));
}

function wishOf({ endpoint, model, task, body }: ExplainMessage): Wish {
  return readWish(endpoint as CallEndpoint, { bytes: Buffer.from(body), scan: null }, endpoint === 'generate' ? { model, stream: false } : null, task || null);
}

/** What is tried, in its order, then what is not, and why. */
function candidatesOf({ considered }: RequestPlan, { orgId }: Principal, tokens: { input: number; output: number }, conditions: Conditions): ExplainedKeyMessage[] {
  let attempt = 0;
  const explained = considered
    // Whose keys the caller has no part in, they are not told of either.
    .filter(({ reason }) => reason !== 'owner_out_of_reach')
    .map((each) => ({ ...factsOf(each), attempt: each.kept ? ++attempt : 0, estimatedCostUsd: costOf(each, orgId, tokens, conditions) }));
  return [...explained.filter((each) => each.attempt > 0), ...explained.filter((each) => each.attempt === 0)];
}

function factsOf({ keyId, owner, provider, model, upstreamModel, reason, detail }: Considered): Omit<ExplainedKeyMessage, 'attempt' | 'estimatedCostUsd'> {
  const isPlatform = owner.type === 'platform';
  return { keyId: isPlatform ? '' : keyId, ownerType: owner.type, ownerId: isPlatform ? '' : owner.id, provider, model, upstreamModel: upstreamModel ?? '', reason: reason ?? '', detail };
}

function costOf({ provider, upstreamModel }: Considered, orgId: string, tokens: { input: number; output: number }, conditions: Conditions): string {
  const cost = upstreamModel === null ? null : estimateCost(provider, upstreamModel, tokens, conditions, orgId);
  return cost === null ? '' : formatUsd(cost);
}

/** Which of the keys that would be tried have a new secret on trial. */
function trialsIn({ attempts }: RequestPlan, { candidates }: KeyRing): string[] {
  const keyIds = [...new Set(attempts.filter(({ usesPlatformCredits }) => !usesPlatformCredits).map(({ keyId }) => keyId))];
  return keyIds.flatMap((id) => {
    const candidate = candidates.get(id);
    return candidate ? [`A new secret of ${id} (version ${candidate.version}) is on trial: ${candidate.percent} % of its calls are made with it first, and with the one in use if it fails.`] : [];
  });
}

function notesOn(plan: RequestPlan, order: string, { prices }: Conditions): string[] {
  const notes: string[] = [];
  if (prices === null && (order === 'cheapest' || plan.task)) notes.push('No prices are known to the gateway at the moment: what is equal otherwise keeps the order of priority.');
  if (order === 'weighted') notes.push('The order is drawn anew for every request, by weight; this is one drawing.');
  if (order === 'latency') notes.push('One request in twenty tries the keys in an order that is drawn, to measure them.');
  if (plan.attempts.some(({ usesPlatformCredits }) => usesPlatformCredits)) notes.push('Platform credits cost the price and a markup by tier; the estimate is without it.');
  return notes;
}
