import { AppError } from '@byok/kernel';
import type { Found } from '../../find-usage.js';
import { asObject } from '../members.js';

/** What older models know of a schema. Everything else of JSON Schema limits what is valid or describes it; none of it may be sent. */
const KEPT = new Set(['title', 'description', 'pattern', 'minimum', 'maximum', 'minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties', 'required', 'default']);
/** Any other format is an error there. */
const FORMATS = new Set<unknown>(['int32', 'int64', 'float', 'double', 'date-time']);
const DEEPEST = 48;
/** References are written out where they stand, and a few that hold one another would fill the memory. */
const MOST_SCHEMAS = 5_000;

/** JSON Schema as the part of OpenAPI's that models before Gemini 2.5 read. @throws AppError param_not_supported for a schema that holds itself */
export function toGeminiSchema(schema: Found): object {
  return convert(schema, { root: schema, inside: [], depth: 0, written: { count: 0 } });
}

interface Place {
  root: Found;
  /** References that are being followed. */
  inside: readonly string[];
  depth: number;
  written: { count: number };
}

function convert(given: unknown, place: Place): Found {
  if (place.depth > DEEPEST) throw refused('nests too deep');
  place.written.count += 1;
  if (place.written.count > MOST_SCHEMAS) throw refused('is too large when its references are written out');
  const schema = asObject(given);
  // `true` allows anything, and so does a schema that says nothing.
  if (!schema) return {};
  if (typeof schema['$ref'] === 'string') return convert(...followed(schema, schema['$ref'], place));
  const merged = withAllOf(schema);
  const kept = Object.fromEntries(Object.entries(merged).filter(([name, value]) => KEPT.has(name) && value !== undefined));
  const format = FORMATS.has(merged['format']) ? { format: merged['format'] } : {};
  return { ...kept, ...format, ...typeOf(merged), ...valuesOf(merged), ...childrenOf(merged, { ...place, depth: place.depth + 1 }) };
}

function followed(schema: Found, reference: string, place: Place): [Found, Place] {
  if (place.inside.includes(reference)) throw refused('refers to itself');
  const { $ref: _, ...beside } = schema;
  return [{ ...lookUp(reference, place.root), ...beside }, { ...place, inside: [...place.inside, reference], depth: place.depth + 1 }];
}

function lookUp(reference: string, root: Found): Found {
  if (!reference.startsWith('#')) throw refused('refers to another document');
  const path = reference.slice(1).split('/').slice(1).map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const found = path.reduce<Found | null>((object, name) => (object && Object.hasOwn(object, name) ? asObject(object[name]) : null), root);
  if (!found) throw refused(`refers to what it does not hold`);
  return found;
}

/** One schema in a list is the schema itself; that is how libraries write a reference with a description. */
function withAllOf(schema: Found): Found {
  const { allOf, ...beside } = schema;
  const [only, ...others] = Array.isArray(allOf) ? (allOf as unknown[]) : [];
  if (others.length > 0) throw refused('uses allOf');
  return { ...asObject(only), ...beside };
}

function typeOf({ type, anyOf, oneOf, nullable, properties, items }: Found): Found {
  const implied = properties !== undefined ? 'object' : items !== undefined ? 'array' : undefined;
  const types = (Array.isArray(type) ? (type as unknown[]) : [type ?? implied]).filter((each) => typeof each === 'string');
  const real = types.filter((each) => each !== 'null').map((each) => each.toUpperCase());
  const isNullable = types.includes('null') || nullable === true || alternatives(anyOf ?? oneOf).some(isNull);
  const [only, ...others] = real;
  return {
    ...(others.length > 0 ? { anyOf: real.map((each) => ({ type: each })) } : only !== undefined ? { type: only } : {}),
    ...(isNullable ? { nullable: true } : {}),
  };
}

/** Only texts can be listed as values; numbers are listed as the texts that write them. */
function valuesOf({ enum: values, const: constant }: Found): Found {
  const listed = Array.isArray(values) ? (values as unknown[]) : constant === undefined ? [] : [constant];
  const texts = listed.filter((each) => each !== null).map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  if (texts.length === 0) return {};
  return { type: 'STRING', enum: texts, format: 'enum', ...(listed.includes(null) ? { nullable: true } : {}) };
}

function childrenOf({ properties, items, prefixItems, anyOf, oneOf }: Found, place: Place): Found {
  const written: Found = {};
  const named = asObject(properties);
  if (named) written['properties'] = Object.fromEntries(Object.entries(named).map(([name, each]) => [name, convert(each, place)]));
  const places = Array.isArray(prefixItems) ? (prefixItems as unknown[]) : [];
  if (items !== undefined && items !== false) written['items'] = convert(items, place);
  else if (places.length > 0) written['items'] = { anyOf: places.map((each) => convert(each, place)) };
  const choices = alternatives(anyOf ?? oneOf).filter((each) => !isNull(each));
  const [only, ...others] = choices.map((each) => convert(each, place));
  return only && others.length === 0 ? { ...written, ...only } : only ? { ...written, anyOf: [only, ...others] } : written;
}

function alternatives(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function isNull(schema: unknown): boolean {
  return asObject(schema)?.['type'] === 'null';
}

function refused(problem: string): AppError {
  return new AppError('param_not_supported', `A schema ${problem}, which this model cannot be told.`, { details: { param: 'schema' } });
}

/** What newer models read: JSON Schema, but a single value has to be written as a list of one. */
export function toResponseSchema(schema: Found): Found {
  const { const: constant, $schema: _, ...rest } = schema;
  const inner = Object.entries(rest).map(([name, value]): [string, unknown] => [name, SCHEMAS.has(name) ? mapSchemas(value, name) : value]);
  return { ...Object.fromEntries(inner), ...(constant === undefined ? {} : { enum: [constant] }) };
}

const MAPS = new Set(['properties', '$defs', 'definitions']);
const SCHEMAS = new Set([...MAPS, 'items', 'prefixItems', 'anyOf', 'oneOf', 'allOf', 'additionalProperties']);

function mapSchemas(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((each) => mapSchemas(each, ''));
  const object = asObject(value);
  if (!object) return value;
  return MAPS.has(name) ? Object.fromEntries(Object.entries(object).map(([key, each]) => [key, mapSchemas(each, '')])) : toResponseSchema(object);
}
