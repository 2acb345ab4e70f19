import type { Found } from '../../find-usage.js';
import { asObject } from '../members.js';
import { toCamel } from './wire.js';

/** Words whose numbers Google writes as text. */
const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']);
/** Words of Google's alone, which say nothing about what is valid. */
const HINTS = new Set(['propertyOrdering', 'example', 'nullable']);

/** Google's schema (types in capitals, `nullable`, numbers as text) as the JSON Schema that says the same. */
export function fromGeminiSchema(schema: Found): Record<string, unknown> {
  const written = Object.fromEntries(
    Object.entries(schema)
      .map(([name, value]): [string, unknown] => [toCamel(name), value])
      .filter(([name, value]) => !HINTS.has(name) && value !== null && value !== undefined && value !== 'TYPE_UNSPECIFIED')
      .map(([name, value]) => [name, valueOf(name, value)]),
  );
  return schema['nullable'] === true ? orNull(written) : written;
}

function valueOf(name: string, value: unknown): unknown {
  if (name === 'type' && typeof value === 'string') return value.toLowerCase();
  if (COUNTS.has(name) && typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  if (name === 'items') return nested(value);
  if (name === 'anyOf' && Array.isArray(value)) return value.map(nested);
  const properties = name === 'properties' ? asObject(value) : null;
  return properties ? Object.fromEntries(Object.entries(properties).map(([property, inner]) => [property, nested(inner)])) : value;
}

function nested(value: unknown): unknown {
  const schema = asObject(value);
  return schema ? fromGeminiSchema(schema) : value;
}

function orNull(schema: Record<string, unknown>): Record<string, unknown> {
  const { type, enum: values, anyOf } = schema;
  if (Array.isArray(anyOf)) return { ...schema, anyOf: [...(anyOf as unknown[]), { type: 'null' }] };
  if (typeof type !== 'string') return schema;
  return { ...schema, type: [type, 'null'], ...(Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {}) };
}
