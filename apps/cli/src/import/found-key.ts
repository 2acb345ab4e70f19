/** A key that lies somewhere else, in plain while it is carried over. */
export interface FoundKey {
  /** Where it was found, for people: a variable, or a place in a file. */
  at: string;
  provider: string;
  label: string;
  /** One string, or several secret fields by name. */
  apiKey: string | Record<string, string>;
  config: Record<string, string>;
}

/** What the old place held and could not be taken: the reason holds nothing of the value. */
export interface Unreadable {
  at: string;
  reason: string;
}

/** Sorts the fields of a key into what is sealed and what stays readable. */
export function keyOf(at: string, label: string, provider: OfferedProvider, fields: Readonly<Record<string, string>>): FoundKey {
  const secrets = provider.fields.filter((field) => field.secret && fields[field.name] !== undefined).map((field) => [field.name, fields[field.name]!] as const);
  const config = Object.fromEntries(provider.fields.filter((field) => !field.secret && fields[field.name] !== undefined).map((field) => [field.name, fields[field.name]!]));
  return { at, provider: provider.id, label, apiKey: secrets.length === 1 ? secrets[0]![1] : Object.fromEntries(secrets), config };
}

/** What `GET /api/byok/providers` says of one. */
export interface OfferedProvider {
  id: string;
  name: string;
  fields: readonly { name: string; required: boolean; secret: boolean }[];
  /** Variables under which people keep its key, and the field each fills. */
  environment: Readonly<Record<string, string>>;
}
