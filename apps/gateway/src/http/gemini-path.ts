import { AppError } from '@byok/kernel';
import type { PathFacts } from '@byok/providers';
import { decodeName } from './decode-name.js';

const PATH = /^\/v1(?:beta)?\/models\/(.+):(generateContent|streamGenerateContent)$/;
const LONGEST = 1_024;

/** True for `/v1beta/models/<model>:generateContent` and `:streamGenerateContent`. */
export function isGeminiPath(path: string): boolean {
  return path.startsWith('/v1') && path.length <= LONGEST && path.endsWith('enerateContent') && PATH.test(path);
}

/**
 * What Google's dialect says in the path.
 * @throws AppError invalid_request for a stream in any other form than events: JSON lists cannot end with an error
 */
export function readGeminiPath(url: string): PathFacts {
  const { pathname, searchParams } = new URL(url, 'http://gateway');
  const [, model = '', verb] = PATH.exec(pathname) ?? [];
  const stream = verb === 'streamGenerateContent';
  if (stream && searchParams.get('alt') !== 'sse') throw new AppError('invalid_request', 'Streams come as events here: add ?alt=sse to the path.', { details: { param: 'alt' } });
  return { model: decodeName(model), stream };
}
