import type { ExplainCall, ExplainedKeyMessage, Explanation, ExplanationMessage, KeyOrder } from '@byok/contracts';
import { findCredentialOf, getToken, getUser, type Principal } from '@byok/identity';
import { AppError, type TokenId, type UserId } from '@byok/kernel';
import { demand } from '../access/demand.js';
import { actorIds } from '../clients/vault.client.js';
import type { AdminDeps } from '../deps.js';

type Deps = Pick<AdminDeps, 'db' | 'probe' | 'clock'>;

/**
 * How a call would be served, from the gateway that would serve it. For oneself, or as an admin for a token or a user of the org; the
 * gateway is told a credential's id and finds out for itself who that is.
 */
export async function explainCall(deps: Deps, principal: Principal, call: ExplainCall): Promise<Explanation> {
  const { tokenId = '', sessionId = '' }: { tokenId?: string; sessionId?: string } = await credentialOf(deps, principal, call);
  const { model, endpoint, task = '' } = call;
  const told = await deps.probe.explain({ tokenId, sessionId, model, endpoint, task, body: bodyOf(call) });
  return explanationOf(model, told);
}

async function credentialOf(deps: Deps, principal: Principal, { token, user }: ExplainCall): Promise<{ tokenId?: string; sessionId?: string }> {
  const org = principal.orgId;
  if (token !== undefined) {
    const found = await getToken(deps.db, org, token as TokenId);
    demand(principal, 'routing:explain', { org, owner: 'user', user: found.userId });
    return { tokenId: found.id };
  }
  const of = user === undefined || user === principal.userId ? null : await getUser(deps.db, org, user as UserId);
  demand(principal, 'routing:explain', { org, owner: 'user', user: of?.id ?? principal.userId });
  if (of === null) return actorIds(principal);
  const credential = await findCredentialOf(deps.db, org, of.id, deps.clock);
  if (!credential) throw new AppError('conflict', 'This user has neither a token nor an open session, and so can make no call.');
  return credential;
}

function bodyOf({ model, messages, body }: ExplainCall): Uint8Array {
  return Buffer.from(JSON.stringify({ ...(body ?? { messages: messages ?? [] }), model }));
}

function explanationOf(requestedModel: string, told: ExplanationMessage): Explanation {
  return {
    requestedModel,
    models: told.models,
    task: told.task || null,
    taskBecause: told.taskBecause || null,
    order: told.order as KeyOrder,
    notes: told.notes,
    candidates: told.candidates.map(keyOf),
    error: told.errorCode ? { code: told.errorCode, message: told.errorMessage } : null,
    inputTokens: told.inputTokens,
    outputTokens: told.outputTokens,
  };
}

function keyOf({ keyId, ownerType, ownerId, provider, model, upstreamModel, attempt, reason, detail, estimatedCostUsd }: ExplainedKeyMessage): Explanation['candidates'][number] {
  return {
    keyId: keyId || null,
    owner: { type: ownerType, id: ownerId || null },
    ...{ provider, model, detail },
    upstreamModel: upstreamModel || null,
    attempt: attempt || null,
    reason: reason || null,
    payer: ownerType === 'platform' ? 'platform-credits' : 'owner',
    estimatedCostUsd: estimatedCostUsd || null,
  };
}
