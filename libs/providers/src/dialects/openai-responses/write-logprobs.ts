import { asObject, objectsAt } from '../members.js';

/** Chat completions have the same, but may leave out bytes and alternatives, which this dialect's clients count on. */
export function writeLogprobs(content: readonly unknown[]): object[] {
  return content.map(asObject).flatMap((token) => (token ? [{ ...token, bytes: token['bytes'] ?? [], top_logprobs: objectsAt(token, 'top_logprobs').map((each) => ({ ...each, bytes: each['bytes'] ?? [] })) }] : []));
}
