import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, newId, toAppError } from '@byok/kernel';
import { findProvider, resolveModel } from '@byok/providers';
import type { Principal } from '@byok/identity';
import { planAttempts, type Attempt, type RoutingPolicy } from '@byok/routing';
import type { Authenticate } from '../pipeline/authenticate.js';
import type { KeyRing, KeysFor } from '../pipeline/keys-for.js';
import { namesOf, policyOf } from '../pipeline/policy-of.js';
import { answerError } from './answer-error.js';
import { decodeName } from './decode-name.js';
import { dialectAt, type CallerDialect } from './error-dialects.js';
import { readCredential } from './read-credential.js';

interface ModelEntry {
  id: string;
  provider: string;
}

/** Google's clients ask in a version of their own. */
const PATH = /^\/v1(?:beta)?\/models(?:\/(.+))?$/;

/** True for `/v1/models` and `/v1/models/<id>`; an id may hold slashes. */
export function isModelsPath(path: string): boolean {
  return path.startsWith('/v1') && PATH.test(path);
}

/** Answers which models the caller's keys reach: one free metadata call, so it is admitted like a call but not metered. */
export async function answerModels(path: string, request: IncomingMessage, response: ServerResponse, deps: { authenticate: Authenticate; keysFor: KeysFor }): Promise<void> {
  const requestId = newId('request');
  const [, id] = PATH.exec(path) ?? [];
  const dialect = dialectAt(path, request.headers);
  try {
    const principal = await deps.authenticate(readCredential(request), request);
    const models = modelsOf(await deps.keysFor(principal), principal);
    const body = JSON.stringify(id === undefined ? listOf(models, dialect) : oneOf(models, decodeName(id), dialect));
    response.writeHead(200, ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)), 'x-request-id', requestId]);
    response.end(body);
  } catch (error) {
    answerError(response, dialect, toAppError(error), requestId);
  }
}

/** What a call would really be planned for: models of the providers of the caller's keys, and what their org calls some of them. */
function modelsOf(ring: KeyRing, principal: Principal): ModelEntry[] {
  const [policy, { aliases = {} }] = [policyOf(principal), namesOf(principal)];
  const providers = new Set(ring.keys.flatMap(({ provider }) => findProvider(provider) ?? []));
  const models = [...providers].flatMap(({ id: provider, models: known }) => known.map((model) => ({ id: `${provider}/${model}`, provider })));
  const reached = models.filter(({ id }) => firstAttempt(id, ring, policy) !== undefined);
  const named = Object.entries(aliases).flatMap(([id, model]) => ({ id, provider: firstAttempt(model, ring, policy)?.provider.id ?? '' }));
  return [...reached, ...named.filter(({ provider }) => provider !== '')].sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** On whichever endpoint: a model for embeddings is a model. */
function firstAttempt(model: string, { keys }: KeyRing, policy: RoutingPolicy): Attempt | undefined {
  const targets = resolveModel(model);
  for (const endpoint of ['chat', 'embeddings', 'completions'] as const) {
    const [first] = planAttempts({ request: { model, endpoint }, policy, keys, targets, maxAttempts: 1 }).attempts;
    if (first) return first;
  }
  return undefined;
}

function listOf(models: readonly ModelEntry[], dialect: CallerDialect): object {
  const data = models.map((model) => shapeOf(model, dialect));
  if (dialect === 'openai') return { object: 'list', data };
  if (dialect === 'gemini') return { models: data };
  return { data, has_more: false, first_id: models[0]?.id ?? null, last_id: models.at(-1)?.id ?? null };
}

function oneOf(models: readonly ModelEntry[], id: string, dialect: CallerDialect): object {
  const found = models.find((model) => model.id === id || model.id === `${model.provider}/${id}`);
  if (!found) throw new AppError('model_not_found', 'None of your keys reaches this model, or it is not in the catalogue. GET /v1/models lists what is.');
  return shapeOf(found, dialect);
}

function shapeOf(model: ModelEntry, dialect: CallerDialect): object {
  if (dialect === 'openai') return { id: model.id, object: 'model', created: 0, owned_by: model.provider };
  if (dialect === 'gemini') return { name: `models/${model.id}`, displayName: model.id, supportedGenerationMethods: ['generateContent', 'streamGenerateContent'] };
  return { type: 'model', id: model.id, display_name: model.id, created_at: '1970-01-01T00:00:00Z' };
}
