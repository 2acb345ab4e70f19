import { readFileSync, statSync } from 'node:fs';
import type { KeyObject } from 'node:crypto';

import { keyOf } from '@byok/envelope';
import type { Kms, Random } from '@byok/envelope';
import { StartRefused } from '@byok/platform';
import { z } from 'zod';

import { weaknessOfKey } from './kek-strength.js';
import { keyringKms } from './keyring-kms.js';

/** `{"active": "<kid>", "keys": {"<kid>": "<64 hex digits>"}}`. Old kids stay as long as a seed is wrapped under them. */
const KeyringFile = z.strictObject({
  active: z.string(),
  keys: z.record(z.string().regex(/^[A-Za-z0-9._-]{1,64}$/), z.string().regex(/^[0-9a-fA-F]{64}$/)),
});

/** The KMS of a keyring file. Refuses a file that others may read, that is malformed, or that holds a weak KEK. */
export function localKms(path: string, random: Random): Kms {
  const file = readKeyring(path);
  const keks = new Map<string, KeyObject>();
  for (const [kid, hex] of Object.entries(file.keys)) {
    const bytes = Buffer.from(hex, 'hex');
    const weakness = weaknessOfKey(bytes);
    if (weakness) throw new StartRefused(`The keyring file that BYOK_KEK names cannot be used: the key "${kid}" is refused because ${weakness}.`);
    keks.set(`local:${kid}`, keyOf(bytes));
  }
  return keyringKms({ uri: 'local:', active: `local:${file.active}`, keks }, random);
}

function readKeyring(path: string): z.infer<typeof KeyringFile> {
  let text: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0) throw new StartRefused('The keyring file that BYOK_KEK names can be read by other users. Give it mode 0400 or 0600.');
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof StartRefused) throw error;
    throw new StartRefused('The keyring file that BYOK_KEK names cannot be read.');
  }
  const parsed = KeyringFile.safeParse(parseJson(text));
  if (!parsed.success || !Object.hasOwn(parsed.data.keys, parsed.data.active)) {
    throw new StartRefused('The keyring file that BYOK_KEK names is not {"active": "<kid>", "keys": {"<kid>": "<64 hex digits>"}} with the active kid among the keys.');
  }
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // JSON.parse quotes the text in its message, and the text is the KEK
  }
}
