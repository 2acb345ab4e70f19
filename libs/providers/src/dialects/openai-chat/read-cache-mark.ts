import type { Found } from '../../find-usage.js';
import { asObject } from '../members.js';
import type { CacheMark } from '../chat-form.js';
import { member } from '../expect.js';

/** `cache_control`, which is Anthropic's and which several gateways take here, too. */
export function readCacheMark(part: Found): CacheMark | undefined {
  const mark = asObject(member(part, 'cache_control'));
  if (mark?.['type'] !== 'ephemeral') return undefined;
  return mark['ttl'] === '1h' ? '1h' : '5m';
}
