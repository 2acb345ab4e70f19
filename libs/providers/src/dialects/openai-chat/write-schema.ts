import type { ChatWire } from '../../chat-wire.js';

/**
 * A JSON schema without the members that the provider chokes on. Only words and flags go: a property that happens to have such a name is
 * a schema of its own.
 */
export function writeSchema(schema: Record<string, unknown>, wire: ChatWire): Record<string, unknown> {
  const dropped = wire.schemaMembersDropped;
  return dropped ? (without(schema, dropped) as Record<string, unknown>) : schema;
}

function without(value: unknown, dropped: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => without(each, dropped));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name, each]) => !dropped.includes(name) || (typeof each === 'object' && each !== null));
  return Object.fromEntries(kept.map(([name, each]) => [name, without(each, dropped)]));
}
