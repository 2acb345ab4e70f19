import { AppError } from '@byok/kernel';
import { checkBaseUrl } from './check-base-url.js';
import type { ConfigField, Provider, ProviderConfig } from './provider.js';

/** Longer values are refused before any pattern sees them. */
export const LONGEST_FIELD = 512;

/** Puts config values into `{field}` places. Every value is checked here again, whatever was checked when it was stored. */
export function fillTemplate(provider: Provider, template: string, config: ProviderConfig): string {
  return template.replace(/\{([a-z_]+)\}/g, (_, name: string) => fieldValue(provider, config, name));
}

/** The checked value of a field, its default included; throws key_config_invalid when it is missing or wrong. */
export function fieldValue(provider: Provider, config: ProviderConfig, name: string): string {
  const field = provider.configFields.find((each) => each.name === name);
  const value = (Object.hasOwn(config, name) ? config[name] : undefined) ?? field?.default;
  if (!field || value === undefined || value === '') throw fieldInvalid(provider, name, 'is required');
  return checkField(provider, field, value);
}

/** The value in the form we keep: without outer spaces, URLs without a trailing slash. */
export function checkField(provider: Provider, field: ConfigField, raw: unknown): string {
  if (typeof raw !== 'string' || raw.length > LONGEST_FIELD) throw fieldInvalid(provider, field.name, `must be text of at most ${LONGEST_FIELD} characters: ${field.format}`);
  const trimmed = raw.replace(/^ +/, '').replace(/ {1,512}$/, '');
  const value = field.isBaseUrl || trimmed.startsWith('https://') ? trimmed.replace(/\/$/, '') : trimmed;
  const problem = field.isBaseUrl ? checkBaseUrl(value) : field.pattern && !field.pattern.test(value) ? `must look like: ${field.format}` : null;
  if (problem) throw fieldInvalid(provider, field.name, problem);
  return value;
}

export function fieldInvalid(provider: Provider, field: string, problem: string): AppError {
  return new AppError('key_config_invalid', `The field ${field} of a ${provider.name} key ${problem}.`, { details: { provider: provider.id, field } });
}
