import type { CacheMark } from '../chat-form.js';
import { familyOf } from './model-family.js';
import type { ConverseCachePoint } from './wire.js';

/** What marks the end of a cached piece, behind it; nothing at models that have no such marks. */
export function cachePoint(mark: CacheMark | undefined, model: string): ConverseCachePoint[] {
  const family = familyOf(model);
  if (mark === undefined || (family !== 'claude' && family !== 'nova')) return [];
  return [{ cachePoint: { type: 'default', ...(mark === '1h' && family === 'claude' ? { ttl: '1h' as const } : {}) } }];
}
