import { keyOf, type FoundKey, type OfferedProvider, type Unreadable } from './found-key.js';
import { OldBlobError, isOldBlob, type OldKey } from './open-old-blob.js';

/** What stands around a sealed value in an old file. */
interface Place {
  at: string;
  provider: OfferedProvider | undefined;
  label: string;
}

const MAX_DEPTH = 32;

/**
 * Keys in a JSON file of an older system, whatever its layout: every sealed value counts, under the provider that its row (or the name of a
 * member above it) names. A file by user and provider, a list of rows and an export of a table all read the same.
 */
export function readOldFile(content: unknown, old: OldKey, providers: ReadonlyMap<string, OfferedProvider>): { keys: FoundKey[]; unreadable: Unreadable[] } {
  const keys: FoundKey[] = [];
  const unreadable: Unreadable[] = [];
  walk(content, { at: '', provider: undefined, label: '' }, 0);
  return { keys, unreadable };

  function walk(value: unknown, place: Place, depth: number): void {
    if (depth > MAX_DEPTH) return;
    const sealed = sealedIn(value);
    if (sealed !== undefined) return take(sealed, place);
    if (typeof value !== 'object' || value === null) return;
    const row = value as Record<string, unknown>;
    const own = { provider: providerIn(row, place.provider, providers), label: textIn(row, ['label', 'name', 'key_name', 'keyName']) ?? place.label };
    for (const [name, member] of Object.entries(row)) {
      const named = providers.get(name.toLowerCase());
      walk(member, { at: `${place.at}${place.at ? '.' : ''}${name}`, provider: named ?? own.provider, label: own.label }, depth + 1);
    }
  }

  function take(sealed: string, { at, provider, label }: Place): void {
    if (!provider) return void unreadable.push({ at, reason: 'nothing around it names a provider' });
    try {
      keys.push(keyOf(at, label || `${provider.name}, imported`, provider, fieldsOf(old.open(sealed), provider)));
    } catch (error) {
      if (!(error instanceof OldBlobError)) throw error;
      unreadable.push({ at, reason: error.message });
    }
  }
}

/** A sealed value: a string of its own, or `{iv, encryptedData}` in hex. */
function sealedIn(value: unknown): string | undefined {
  if (typeof value === 'string') return isOldBlob(value) ? value : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const { iv, ...more } = value as Record<string, unknown>;
  const sealed = ['encryptedData', 'encrypted', 'data', 'content', 'ciphertext'].map((name) => more[name]).find((each) => typeof each === 'string');
  const joined = typeof iv === 'string' && typeof sealed === 'string' ? `${iv}:${sealed}` : '';
  return isOldBlob(joined) ? joined : undefined;
}

function providerIn(row: Record<string, unknown>, above: OfferedProvider | undefined, providers: ReadonlyMap<string, OfferedProvider>): OfferedProvider | undefined {
  const named = textIn(row, ['provider', 'provider_id', 'providerId', 'service']);
  return named === undefined ? above : providers.get(named.toLowerCase());
}

function textIn(row: Record<string, unknown>, names: readonly string[]): string | undefined {
  return names.map((name) => row[name]).find((value): value is string => typeof value === 'string' && value.length > 0);
}

/** The opened value is the key, or an object of its fields. */
function fieldsOf(text: string, provider: OfferedProvider): Record<string, string> {
  const only = provider.fields.find((field) => field.secret)?.name ?? 'api_key';
  try {
    const parsed = JSON.parse(text) as unknown;
    if (typeof parsed === 'object' && parsed !== null) {
      const fields = Object.fromEntries(Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
      if (provider.fields.some((field) => field.secret && field.name in fields)) return fields;
      const bare = fields['apiKey'] ?? fields['api_key'] ?? fields['key'];
      return bare === undefined ? { [only]: text } : { ...fields, [only]: bare };
    }
  } catch {
    // not JSON: the key itself
  }
  return { [only]: text };
}
