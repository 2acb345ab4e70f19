import { asObject } from '../members.js';

export interface ClosedSchema {
  schema: Record<string, unknown>;
  /** False when it says less than the caller's: a keyword is gone, or a free-form object became an empty one. */
  isExact: boolean;
}

type Found = Record<string, unknown>;

/** What constrained decoding understands; source: sanitize-json-schema.ts of @ai-sdk/anthropic 4.0.105. */
const AS_IT_IS = ['$schema', '$id', 'title', 'description', 'default', 'const', 'enum', 'type', 'required', '$ref'];
const FORMATS = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'];
const LISTS = ['anyOf', 'allOf'];
const MAPS = ['properties', '$defs', 'definitions'];
/** Compiling the grammar fails somewhere above this number. */
const MOST_OPTIONAL = 12;

/** A schema with every object closed and without the keywords that `output_config.format` refuses. */
export function closedSchema(schema: Record<string, unknown>): ClosedSchema {
  const work = { isExact: true, optional: 0 };
  const closed = close(schema, work, false) as Found;
  return { schema: closed, isExact: work.isExact && work.optional <= MOST_OPTIONAL };
}

interface Work {
  isExact: boolean;
  optional: number;
}

function close(node: unknown, work: Work, isDefinition: boolean): unknown {
  const found = asObject(node);
  if (!found) return node;
  const closed: Found = {};
  for (const [keyword, value] of Object.entries(found)) {
    if (AS_IT_IS.includes(keyword) || (keyword === 'format' && FORMATS.includes(value as string))) closed[keyword] = value;
    else if (LISTS.includes(keyword) && Array.isArray(value)) closed[keyword] = value.map((each) => close(each, work, isDefinition));
    else if (MAPS.includes(keyword)) closed[keyword] = closeMembers(value, work, isDefinition || keyword !== 'properties');
    else if (keyword === 'items' && !Array.isArray(value)) closed['items'] = close(value, work, isDefinition);
    else if (keyword === 'oneOf' && Array.isArray(value)) closeOneOf(closed, value, work, isDefinition);
    else if (keyword !== 'additionalProperties') work.isExact = false;
  }
  // References among definitions may run in circles, which is refused.
  if (found['$ref'] !== undefined && (isDefinition || found['$ref'] === '#')) work.isExact = false;
  return isObjectSchema(found) ? closeObject(found, closed, work) : closed;
}

function closeOneOf(closed: Found, choices: unknown[], work: Work, isDefinition: boolean): void {
  work.isExact = false;
  closed['anyOf'] = choices.map((each) => close(each, work, isDefinition));
}

function closeMembers(members: unknown, work: Work, isDefinition: boolean): unknown {
  const found = asObject(members);
  return found ? Object.fromEntries(Object.entries(found).map(([name, each]) => [name, close(each, work, isDefinition)])) : members;
}

function isObjectSchema({ type, properties }: Found): boolean {
  return properties !== undefined || type === 'object' || (Array.isArray(type) && type.includes('object'));
}

function closeObject(found: Found, closed: Found, work: Work): Found {
  const { additionalProperties: more, properties, required } = found;
  const isFreeForm = more === undefined ? properties === undefined : more !== false;
  if (isFreeForm) work.isExact = false;
  const names = Object.keys(asObject(properties) ?? {});
  work.optional += names.filter((name) => !Array.isArray(required) || !required.includes(name)).length;
  return { ...closed, additionalProperties: false };
}
