// Proves that the lint rules fire: each snippet is illegal where it pretends to stand, and lint must say so.
// Without a project graph the boundary rule is skipped in silence, which is why this runs before lint is believed.
import { ESLint } from 'eslint';

const CANARIES = [
  ['@nx/enforce-module-boundaries', 'apps/gateway/src/main.ts', "import { sealKey } from '@byok/envelope'; export const x = sealKey;"],
  ['@nx/enforce-module-boundaries', 'libs/kernel/src/ids.ts', "import pg from 'pg'; export const x = pg;"],
  ['@nx/enforce-module-boundaries', 'apps/usage-billing/src/main.ts', "import * as vault from '@byok/key-vault'; export const x = vault;"],
  ['no-restricted-syntax', 'apps/gateway/src/main.ts', 'export const x = process.env.SECRET;'],
  ['no-restricted-syntax', 'apps/admin-api/src/main.ts', 'export const x = (secret: { expose(): string }) => secret.expose();'],
  ['no-restricted-properties', 'libs/kernel/src/ids.ts', 'export const x = Date.now();'],
  ['no-restricted-globals', 'apps/gateway/src/main.ts', "export const x = fetch('https://example.com');"],
];

// With CI=true typescript-eslint takes a single run for granted and reads the file from disk instead of the text it is given.
const eslint = new ESLint({ overrideConfig: { languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } } } });
let failed = 0;
for (const [rule, filePath, text] of CANARIES) {
  const [result] = await eslint.lintText(text, { filePath });
  if (result.messages.some((message) => message.ruleId === rule)) continue;
  failed++;
  console.error(`canary not caught: ${rule} in ${filePath}`);
}
console.log(`boundaries canary: ${CANARIES.length - failed} of ${CANARIES.length} illegal snippets caught`);
process.exit(failed === 0 ? 0 : 1);
