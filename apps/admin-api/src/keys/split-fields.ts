import type { ApiKey, ProviderMessage, SecretMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';

/** Names under which the one secret of a provider may come, whatever the provider itself calls it. */
const KEY_NAMES = ['apiKey', 'api_key'];

/** Parts what was sent into the secret, which is sealed, and the fields that may be read. A secret field must never end up among the latter. */
export function splitFields(provider: ProviderMessage, apiKey: ApiKey, config: Record<string, string> = {}): SecretMessage {
  const isSecret = secretTest(provider);
  const misplaced = Object.keys(config).filter(isSecret);
  if (misplaced.length > 0) throw invalid(`${misplaced.join(', ')} belongs into apiKey: fields of config can be read by others.`);
  if (typeof apiKey === 'string') return { provider: provider.id, secret: apiKey, config };
  const fields = Object.entries(apiKey);
  const secrets = fields.filter(([name]) => isSecret(name));
  if (secrets.length === 0) throw invalid(`apiKey has no secret field of ${provider.name}. It takes ${secretNames(provider).join(', ') || 'one string'}.`);
  const readable = Object.fromEntries(fields.filter(([name]) => !isSecret(name)));
  return { provider: provider.id, secret: textOf(secrets), config: { ...readable, ...config } };
}

/** One secret travels as it is, several as a JSON object. */
function textOf(secrets: [string, string][]): string {
  return secrets.length === 1 ? secrets[0]![1] : JSON.stringify(Object.fromEntries(secrets));
}

function secretTest(provider: ProviderMessage): (name: string) => boolean {
  const names = new Set([...secretNames(provider), ...KEY_NAMES]);
  return (name) => names.has(name);
}

function secretNames(provider: ProviderMessage): string[] {
  return provider.configFields.filter((field) => field.secret).map((field) => field.name);
}

function invalid(message: string): AppError {
  return new AppError('key_config_invalid', message, { details: { field: 'apiKey' } });
}
