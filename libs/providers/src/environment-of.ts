import type { Provider } from './provider.js';

const KEY_SUFFIXES = ['API_KEY', 'API_TOKEN', 'TOKEN'];

/**
 * Variables under which people keep a key of this provider, and the field that each fills: `OPENAI_API_KEY` → `api_key`. Made of the
 * provider's names (`<NAME>_API_KEY`, `<NAME>_<FIELD>`), and of those that its own tools read.
 */
export function environmentOf({ id, aliases, configFields, environment = {} }: Pick<Provider, 'id' | 'aliases' | 'configFields' | 'environment'>): Record<string, string> {
  const names = [id, ...aliases].map((name) => name.replaceAll('-', '_').toUpperCase());
  const [secret, ...more] = configFields.filter((field) => field.secret);
  const ofKey = secret && more.length === 0 ? names.flatMap((name) => KEY_SUFFIXES.map((suffix) => [`${name}_${suffix}`, secret.name])) : [];
  const ofFields = configFields.filter((field) => field !== secret || more.length > 0).flatMap((field) => names.map((name) => [`${name}_${field.name.toUpperCase()}`, field.name]));
  return { ...Object.fromEntries([...ofKey, ...ofFields]) as Record<string, string>, ...environment };
}
