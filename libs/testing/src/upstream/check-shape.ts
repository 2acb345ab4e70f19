/** What a real provider would refuse with 400: thrown by the checks, and told in the dialect of the request. */
export class Refused extends Error {
  constructor(
    readonly said: string,
    readonly status = 400,
  ) {
    super(said);
  }
}

export type Fields = Record<string, unknown>;

export function refuseUnless(holds: unknown, said: string): asserts holds {
  if (!holds) throw new Refused(said);
}

export function fieldsOf(value: unknown, at: string): Fields {
  refuseUnless(value !== null && typeof value === 'object' && !Array.isArray(value), `${at}: must be an object`);
  return value as Fields;
}

/** The object, when it has no other members than these: providers with a strict parser refuse what they do not know. */
export function onlyFields(value: unknown, at: string, known: string): Fields {
  const fields = fieldsOf(value, at);
  const names = known.split(' ');
  const unknown = Object.keys(fields).find((name) => !names.includes(name));
  refuseUnless(unknown === undefined, `${at}: unknown field "${unknown}"`);
  return fields;
}

export function listOf(value: unknown, at: string): unknown[] {
  refuseUnless(Array.isArray(value) && value.length > 0, `${at}: must be a list with at least one element`);
  return value;
}

export function textOf(value: unknown, at: string): string {
  refuseUnless(typeof value === 'string', `${at}: must be a string`);
  return value;
}

/** Not empty and not white space alone. */
export function spokenText(value: unknown, at: string): string {
  const text = textOf(value, at);
  refuseUnless(text.trim() !== '', `${at}: the text is blank`);
  return text;
}

export function base64Of(value: unknown, at: string): string {
  const text = textOf(value, at);
  refuseUnless(text !== '' && /^[A-Za-z0-9+/_-]+={0,2}$/.test(text), `${at}: is not base64`);
  return text;
}

export function numberWithin(value: unknown, least: number, most: number, at: string): void {
  refuseUnless(value === undefined || (typeof value === 'number' && value >= least && value <= most), `${at}: must be between ${least} and ${most}`);
}

export function oneOf(value: unknown, known: string, at: string): string {
  refuseUnless(typeof value === 'string' && known.split(' ').includes(value), `${at}: must be one of ${known}`);
  return value;
}

/** The JSON text of an object. */
export function jsonObjectText(value: unknown, at: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(textOf(value, at));
  } catch {
    throw new Refused(`${at}: is not JSON`);
  }
  fieldsOf(parsed, at);
}
