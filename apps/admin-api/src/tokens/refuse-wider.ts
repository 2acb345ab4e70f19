import type { Principal } from '@byok/identity';
import { forbidden } from '../access/demand.js';

/** A token must not make one that reaches further than itself: not out of its group, not to models it may not use. */
export function refuseWider(maker: Principal, wanted: { groupId: string | null; allowedModels: readonly string[] }): void {
  if (maker.tokenGroup !== null && wanted.groupId !== maker.tokenGroup) throw forbidden('token:create outside the group of this token');
  if (maker.allowedModels.length === 0) return;
  const isWithin = wanted.allowedModels.length > 0 && wanted.allowedModels.every((model) => maker.allowedModels.some((allowed) => covers(allowed, model)));
  if (!isWithin) throw forbidden('token:create with more models than this token');
}

/** `gpt-4*` covers `gpt-4o` and `gpt-4o*`; a name covers itself. */
function covers(allowed: string, wanted: string): boolean {
  return allowed === wanted || (allowed.endsWith('*') && wanted.startsWith(allowed.slice(0, -1)));
}
