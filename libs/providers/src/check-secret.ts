import { AppError } from '@byok/kernel';
import { checkField, fieldInvalid } from './fill-template.js';
import type { Provider, ProviderConfig } from './provider.js';
import { PROVIDERS } from './registry.js';
import { VENDORS } from './vendors.js';

export interface CheckedSecret {
  secret: string;
  /** Every non-secret field with its default filled in. */
  config: Record<string, string>;
  /** False when the key does not look as this provider's usually do. A hint for people: the probe decides. */
  looksRight: boolean;
}

/** A pattern never sees a longer key. */
const LONGEST_MATCHED = 512;
/** Some providers hand out JWTs; nobody hands out more than this. */
const LONGEST_SECRET = 4096;

/** Trims and checks shape and fields without any network; throws AppError key_malformed, key_wrong_provider, key_config_invalid, provider_discontinued. */
export function checkSecret(provider: Provider, secret: string, config: ProviderConfig): CheckedSecret {
  if (provider.status.state === 'discontinued') throw providerDiscontinued(provider);
  // Before anything is made of it: a key of one piece, pasted where one of several is expected, is told by its beginning.
  if (provider.readSecret) refuseOtherKeys(provider, secret.slice(0, LONGEST_MATCHED).trimStart());
  const given = provider.readSecret && secret.length <= LONGEST_SECRET ? provider.readSecret({ secret, config }) : splitJsonSecret(provider, secret, config);
  const trimmed = checkCharacters(provider, given.secret);
  refuseOtherKeys(provider, trimmed);
  return {
    secret: trimmed,
    config: checkConfig(provider, given.config),
    // A service account was read member by member; it is longer than any pattern may see.
    looksRight: provider.auth.kind === 'google-service-account' || (trimmed.length <= LONGEST_MATCHED && provider.key.pattern.test(trimmed)),
  };
}

export function providerDiscontinued(provider: Provider): AppError {
  const { since, detail } = provider.status;
  return new AppError('provider_discontinued', `${provider.name} has been discontinued${since ? ` since ${since}` : ''}. ${detail ?? ''}`.trim(), { details: { provider: provider.id, since } });
}

/** Keys of several fields were once pasted as one JSON object, `{"account_id": …, "api_token": …}`; that still works. */
function splitJsonSecret(provider: Provider, secret: string, config: ProviderConfig): { secret: string; config: ProviderConfig } {
  if (secret.length > LONGEST_SECRET || !secret.trimStart().startsWith('{')) return { secret, config };
  let fields: unknown;
  try {
    fields = JSON.parse(secret);
  } catch {
    // The parser's message quotes the key, so it is dropped on purpose.
    throw malformed(provider, 'starts like a JSON object but is not one');
  }
  const { [secretFieldOf(provider)]: inner, ...rest } = fields as Record<string, string>;
  if (typeof inner !== 'string') throw malformed(provider, `is a JSON object without the field ${secretFieldOf(provider)}`);
  return { secret: inner, config: { ...rest, ...config } };
}

function secretFieldOf(provider: Provider): string {
  return provider.configFields.find((field) => field.secret)?.name ?? 'api_key';
}

/** Outer spaces go; everything else that is not printable ASCII is refused, because it would end up in a header. */
function checkCharacters(provider: Provider, secret: string): string {
  if (typeof secret !== 'string' || secret.length > LONGEST_SECRET) throw malformed(provider, `is longer than ${LONGEST_SECRET} characters`);
  let start = 0;
  let end = secret.length;
  while (start < end && secret.charCodeAt(start) === 0x20) start += 1;
  while (end > start && secret.charCodeAt(end - 1) === 0x20) end -= 1;
  const trimmed = secret.slice(start, end);
  if (trimmed === '' && !isOptional(provider)) throw malformed(provider, 'is empty');
  if (!/^[\x21-\x7e]*$/.test(trimmed)) throw malformed(provider, 'holds a line break, a space inside or a character that no key has. Copy it again, on one line');
  return trimmed;
}

function isOptional({ auth }: Provider): boolean {
  return auth.kind === 'header' && auth.optional;
}

function malformed(provider: Provider, problem: string): AppError {
  return new AppError('key_malformed', `This ${provider.name} key ${problem}.`, { details: { provider: provider.id } });
}

function refuseOtherKeys(provider: Provider, secret: string): void {
  refuseAdminKey(secret);
  refuseForeignKey(provider, secret);
}

function refuseAdminKey(secret: string): void {
  const owner = PROVIDERS.find((each) => each.key.adminPrefixes.some((prefix) => secret.startsWith(prefix)));
  if (!owner) return;
  throw new AppError('key_malformed', `This is an ${owner.name} admin key. It manages the account and cannot run inference: create an ordinary key (${owner.key.hint}) and revoke this one if it was shared.`, {
    details: { provider: owner.id, reason: 'admin_key' },
  });
}

interface KnownPrefix {
  prefix: string;
  name: string;
  provider: string | null;
}

/** Longest first, so that `sk-or-v1-` wins over `sk-or-`. */
const KNOWN_PREFIXES: readonly KnownPrefix[] = [
  ...PROVIDERS.flatMap(({ id, name, key }) => key.prefixes.map((prefix) => ({ prefix, name, provider: id }))),
  ...VENDORS.flatMap(({ name, keyPrefixes }) => keyPrefixes.map((prefix) => ({ prefix, name, provider: null }))),
].sort((left, right) => right.prefix.length - left.prefix.length);

function refuseForeignKey(provider: Provider, secret: string): void {
  // A server of one's own may expect any key.
  if (isOptional(provider)) return;
  const known = KNOWN_PREFIXES.find(({ prefix }) => secret.startsWith(prefix));
  if (!known || known.provider === provider.id) return;
  throw new AppError('key_wrong_provider', `This looks like ${article(known.name)} ${known.name} key, not ${article(provider.name)} ${provider.name} one.`, {
    details: { provider: provider.id, looksLike: known.provider ?? known.name },
  });
}

function article(name: string): 'a' | 'an' {
  return /^(?:[AEIO]|xAI|LM)/.test(name) ? 'an' : 'a';
}

function checkConfig(provider: Provider, config: ProviderConfig): Record<string, string> {
  const fields = provider.configFields.filter((field) => !field.secret);
  for (const name of Object.keys(config)) {
    if (!fields.some((field) => field.name === name)) throw fieldInvalid(provider, safeName(name), 'is not known');
  }
  const checked: Record<string, string> = {};
  for (const field of fields) {
    const value = (Object.hasOwn(config, field.name) ? config[field.name] : undefined) ?? field.default ?? '';
    if (value !== '') checked[field.name] = checkField(provider, field, value);
    else if (field.required) throw fieldInvalid(provider, field.name, `is required: ${field.format}`);
  }
  return checked;
}

/** A field name the caller made up is shown only when it looks like one; it might be a misplaced key. */
function safeName(name: string): string {
  return /^[a-z][a-z_]{0,30}$/.test(name) ? name : '(unreadable name)';
}
