import { parseObject } from './dialects/members.js';

/** Members that hold a secret, by the names that providers give them; `token_uri` and its like are addresses. */
const SECRET_MEMBER = /(?:key|secret|token|password)(?!_ur[il])/i;

/** The secrets in a sealed key: the key itself, or where it is JSON of several parts each part that is one. */
export function secretParts(key: string): string[] {
  const fields = key.startsWith('{') ? parseObject(key) : null;
  if (!fields) return [key];
  const parts = Object.entries(fields).flatMap(([name, value]) => (typeof value === 'string' && SECRET_MEMBER.test(name) ? [value] : []));
  return parts.length > 0 ? parts : [key];
}
