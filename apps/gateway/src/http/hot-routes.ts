import type { CallEndpoint, PathFacts } from '@byok/providers';
import { fromInference, toInference } from './inference-dialect.js';
import type { CallerDialect } from './error-dialects.js';
import { withCallFacts, type CallFacts } from './call-facts.js';
import { isGeminiPath, readGeminiPath } from './gemini-path.js';

/**
 * A metered route is data: it names what is called and in which dialect the caller speaks, and every one of them goes through
 * `runCompletion`. There is no place for a handler, so no route can go without admission and metering.
 */
export interface HotRoute {
  readonly method: 'POST';
  readonly path: string;
  readonly endpoint: CallEndpoint;
  readonly dialect: CallerDialect;
  /** Where the dialect puts model and stream into the path; absent where they are in the body. @throws AppError invalid_request */
  readonly readPath?: (url: string) => PathFacts;
  /** How the caller's body becomes one of the endpoint's own dialect; absent when it already is. */
  readonly translateRequest?: (body: Buffer) => Buffer;
  /** How a plain answer is dressed for the caller; absent when it passes as it is. */
  readonly dressAnswer?: (body: Buffer, facts: CallFacts) => Buffer;
}

export const HOT_ROUTES: readonly HotRoute[] = [
  { method: 'POST', path: '/v1/chat/completions', endpoint: 'chat', dialect: 'openai' },
  { method: 'POST', path: '/v1/completions', endpoint: 'completions', dialect: 'openai' },
  { method: 'POST', path: '/v1/embeddings', endpoint: 'embeddings', dialect: 'openai' },
  { method: 'POST', path: '/v1/responses', endpoint: 'responses', dialect: 'openai-responses' },
  { method: 'POST', path: '/v1/messages', endpoint: 'messages', dialect: 'anthropic' },
  { method: 'POST', path: '/api/v1/llm/chat/completions', endpoint: 'chat', dialect: 'openai', dressAnswer: withCallFacts },
  { method: 'POST', path: '/api/inference', endpoint: 'chat', dialect: 'inference', translateRequest: fromInference, dressAnswer: toInference },
];

/** Its path holds the model, so it is matched by form. */
const GENERATE: HotRoute = { method: 'POST', path: '/v1beta/models/:model', endpoint: 'generate', dialect: 'gemini', readPath: readGeminiPath };

const BY_PATH = new Map(HOT_ROUTES.map((route) => [route.path, route]));

export function hotRouteAt(path: string): HotRoute | undefined {
  return BY_PATH.get(path) ?? (isGeminiPath(path) ? GENERATE : undefined);
}

/** True for a path that only the hot server may answer; nothing else may register it. */
export function isMeteredPath(path: string): boolean {
  return BY_PATH.has(path) || path === '/v1' || path.startsWith('/v1/') || path.startsWith('/v1beta/') || path.includes('*');
}
