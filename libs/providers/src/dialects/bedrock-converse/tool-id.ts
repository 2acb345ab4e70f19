import { createHash } from 'node:crypto';
import { shortCallId } from '../openai-chat/short-call-id.js';
import { familyOf } from './model-family.js';

const ALLOWED = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * The id of a tool call as this model takes it. Ids come from the caller and may be another provider's; one that does not fit
 * becomes a fingerprint of itself, the same for the call and its result in every later request. Ids in answers are passed on as
 * they are, so the caller never sees the replacement.
 */
export function wireToolId(id: string, model: string): string {
  if (familyOf(model) === 'mistral') return shortCallId(id);
  return ALLOWED.test(id) ? id : `call_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
}
