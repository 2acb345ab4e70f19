import { AppError } from '@byok/kernel';
import { scanBody, type BodyScan, type CallEndpoint, type PathFacts } from '@byok/providers';
import type { ReadBody } from '../http/incoming-body.js';

/** What a caller asks for, as far as the gateway has to know it. The rest of the body is the provider's business. */
export interface Wish {
  endpoint: CallEndpoint;
  model: string;
  stream: boolean;
  /** True where the path names the model and the body does not. */
  isModelInPath: boolean;
  /** Which task it is, where the caller says so beside the body; it counts where the model is `auto`. */
  task?: string | null;
  body: Buffer;
  scan: BodyScan;
}

const STREAMING: ReadonlySet<CallEndpoint> = new Set(['chat', 'completions', 'responses', 'messages']);

/**
 * Finds model and options in the body without parsing it; `path` is what the path says where its dialect puts them there, `task` what a
 * header says.
 * @throws AppError malformed_json, too_deep, duplicate_field, invalid_request
 */
export function readWish(endpoint: CallEndpoint, { bytes: body, scan: known }: ReadBody, path: PathFacts | null, task: string | null = null): Wish {
  const scan = known ?? scanBody(body);
  if (path) return { endpoint, ...path, isModelInPath: true, task, body, scan };
  if (scan.model === null || scan.model === '') throw new AppError('invalid_request', 'Say which model: the field "model" is missing.', { details: { param: 'model' } });
  return { endpoint, model: scan.model, stream: scan.stream && STREAMING.has(endpoint), isModelInPath: false, task, body, scan };
}
