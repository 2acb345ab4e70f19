import { jsonAnswer, type Answer } from './answer.js';
import { answerCountTokens, answerMessages } from './anthropic-messages.js';
import type { BehaviourRule } from './behaviour.js';
import { answerConverse } from './bedrock-converse.js';
import { Refused } from './check-shape.js';
import { answerCohere } from './cohere-chat.js';
import { answerCohereEmbed } from './cohere-embed.js';
import { answerGeminiEmbed } from './gemini-embed.js';
import { answerGenerate } from './gemini-generate.js';
import { GoogleTokens } from './google-tokens.js';
import { answerOllama } from './ollama-chat.js';
import { answerChat, type RequestBody } from './openai-chat.js';
import { answerEmbeddings } from './openai-embeddings.js';
import { answerResponses } from './openai-responses.js';
import { answerProbe } from './probes.js';
import { badRequest, notFound, refuse } from './refusals.js';
import { ReplicatePredictions } from './replicate-predictions.js';
import type { WitnessRow } from './witness.js';

type Dialect = (body: RequestBody, rule: BehaviourRule, id: string, row: WitnessRow) => Answer;

/** What one fake remembers between requests. */
export class Providers {
  readonly tokens = new GoogleTokens();
  readonly #predictions = new ReplicatePredictions();
  readonly #dialects: readonly [path: RegExp, dialect: Dialect][] = [
    [/\/chat\/completions$/, answerChat],
    [/\/responses$/, answerResponses],
    [/\/embeddings$/, answerEmbeddings],
    [/\/messages$/, answerMessages],
    [/\/messages\/count_tokens$/, answerCountTokens],
    [/:(?:generateContent|streamGenerateContent)$/, answerGenerate],
    [/\/converse(?:-stream)?$/, answerConverse],
    [/:batchEmbedContents$/, answerGeminiEmbed],
    [/\/embed$/, answerCohereEmbed],
    [/\/api\/chat$/, answerOllama],
    [/\/chat$/, answerCohere],
    [/\/predictions\/[^/]+\/cancel$/, (_body, _rule, _id, row) => this.#predictions.cancel(row)],
    [/\/predictions$/, (body, rule, id, row) => this.#predictions.make(body, rule, id, row)],
    [/:countTokens$/, () => jsonAnswer({ totalTokens: 1 })],
    [/\/check-api-key$/, () => jsonAnswer({ valid: true, organization_id: 'org', owner_id: 'owner' })],
  ];

  answer(row: WitnessRow, body: RequestBody | undefined, rule: BehaviourRule, id: string): Answer {
    if (rule.status !== undefined) return { ...jsonAnswer({}, null, rule.status), body: rule.body ?? '{}' } as Answer;
    try {
      return this.#answer(row, body, rule, id);
    } catch (error) {
      if (error instanceof Refused) return badRequest(row, error.said, error.status);
      throw error;
    }
  }

  #answer(row: WitnessRow, body: RequestBody | undefined, rule: BehaviourRule, id: string): Answer {
    const path = row.path.split('?', 1)[0] ?? '';
    if (path.endsWith('/token')) return this.tokens.exchange(row.body, id);
    if (isPredictionStream(path)) return this.#predictions.stream(row);
    const refusal = refuse(row, this.tokens);
    if (refusal) return refusal;
    if (row.method === 'GET') return this.#read(row, path);
    const dialect = this.#dialects.find(([pattern]) => pattern.test(path))?.[1];
    if (!dialect) return notFound(row);
    return body ? dialect(body, rule, id, row) : path.endsWith('/cancel') ? dialect({}, rule, id, row) : badRequest(row, 'We could not parse the JSON body of your request.');
  }

  #read(row: WitnessRow, path: string): Answer {
    return /\/predictions\/[^/]+$/.test(path) ? this.#predictions.read(row) : answerProbe(row);
  }
}

function isPredictionStream(path: string): boolean {
  return /\/files\/fake[^/]+$/.test(path);
}

/** What a request is for: named in the path by some, in the body by most, as its version by Replicate. */
export function modelOf(path: string, body: RequestBody | undefined): string | null {
  const named = [modelInPath(path), body?.['model'], /\/predictions$/.test(path) ? body?.['version'] : undefined];
  return (named.find((each) => typeof each === 'string') as string | undefined) ?? null;
}

function modelInPath(path: string): string | null {
  const found = /\/models\/([^/:?]+):|\/model\/([^/]+)\/converse|\/deployments\/([^/]+)\/chat|\/models\/([^/]+\/[^/]+)\/predictions$/.exec(path.split('?', 1)[0] ?? '');
  const model = found?.slice(1).find((each) => each !== undefined);
  return model === undefined ? null : decodeURIComponent(model);
}

/** By the path, or by the body; Ollama streams unless it is told not to. */
export function isStreamRequest(path: string, body: RequestBody | undefined): boolean {
  if (path.endsWith('/api/chat')) return body?.['stream'] !== false;
  return /:streamGenerateContent|\/converse-stream$/.test(path) || body?.['stream'] === true;
}
