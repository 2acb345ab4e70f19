import { jsonAnswer, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { countUsage, promptCharacters } from './count-usage.js';
import type { RequestBody } from './openai-chat.js';

const DIMENSIONS = 8;

/** OpenAI embeddings: a small vector per input, as floats or in base64 (the official client asks for base64). */
export function answerEmbeddings(body: RequestBody, rule: BehaviourRule): Answer {
  const model = String(body['model'] ?? '');
  const inputs = Array.isArray(body['input']) ? body['input'] : [body['input']];
  const usage = { ...countUsage({ promptCharacters: promptCharacters(inputs), model, outputTokens: 0 }, rule), cachedTokens: 0 };
  const data = inputs.map((input, index) => ({ object: 'embedding', index, embedding: encode(vectorOf(promptCharacters(input)), body['encoding_format']) }));
  const told = { prompt_tokens: usage.inputTokens, total_tokens: usage.inputTokens };
  return jsonAnswer({ object: 'list', data, model, ...(rule.withoutUsage ? {} : { usage: told }) }, rule.withoutUsage ? null : usage);
}

/** A small vector that depends on one number. */
export function vectorOf(seed: number): Float32Array {
  return Float32Array.from({ length: DIMENSIONS }, (_, index) => Math.fround(((seed + index) % 7) / 7));
}

function encode(vector: Float32Array, format: unknown): string | number[] {
  return format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
}
