import { keyOf, type FoundKey, type OfferedProvider } from './found-key.js';

/** Keys in a set of variables, by the names that each provider is known under. A variable counts for one provider. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>, providers: readonly OfferedProvider[]): FoundKey[] {
  return providers.flatMap((provider) => {
    const fields: Record<string, string> = {};
    const from: string[] = [];
    for (const [name, field] of Object.entries(provider.environment)) {
      const value = variables[name]?.trim();
      if (!value || fields[field] !== undefined) continue;
      fields[field] = value;
      from.push(name);
    }
    const secrets = provider.fields.filter((field) => field.secret);
    return secrets.some((field) => fields[field.name] !== undefined) ? [keyOf(from.join(', '), `${provider.name}, from the environment`, provider, fields)] : [];
  });
}
