import { AppError } from '@byok/kernel';
import { scanBody } from '@byok/providers';
import { z } from 'zod';
import type { ReadBody } from './incoming-body.js';

const MOST_MODELS = 8;

const Fanout = z.looseObject({ models: z.array(z.string().min(1).max(256)).min(1).max(MOST_MODELS), model: z.never().optional(), stream: z.literal(false).nullish() });

export interface FanoutPart {
  model: string;
  /** The chat request for this model. */
  body: Buffer;
}

/**
 * `{models: […], …}` as one chat request for each of the models.
 * @throws AppError malformed_json, too_deep, duplicate_field, invalid_request
 */
export function readFanout({ bytes, scan }: ReadBody): FanoutPart[] {
  if (!scan) scanBody(bytes);
  const parsed = Fanout.safeParse(JSON.parse(bytes.toString()));
  if (!parsed.success) throw notValid(String(parsed.error.issues[0]?.path[0] ?? 'models'));
  const { models, model: _none, stream: _whole, ...chat } = parsed.data;
  return models.map((model) => ({ model, body: Buffer.from(JSON.stringify({ model, ...chat })) }));
}

const SENTENCES: Record<string, string> = {
  model: 'Name the models in "models"; there is no "model" here.',
  stream: 'Several answers cannot be streamed at once: leave "stream" out.',
};

function notValid(field: string): AppError {
  return new AppError('invalid_request', SENTENCES[field] ?? `"models" must be a list of 1 to ${MOST_MODELS} names of models.`, { details: { param: field } });
}
