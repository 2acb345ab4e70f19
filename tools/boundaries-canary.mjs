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
  // B11: no way out but the dialer, in services and in libs.
  ['no-restricted-properties', 'apps/gateway/src/main.ts', "export const x = globalThis.fetch('https://example.com');"],
  ['no-restricted-globals', 'apps/admin-api/src/main.ts', "export const x = new WebSocket('wss://example.com');"],
  ...[
    "import { request } from 'node:https'; export const x = request;",
    "import * as http from 'node:http'; export const x = http;",
    "import { get } from 'http'; export const x = get;",
    "import { connect } from 'node:net'; export const x = connect;",
    "import tls from 'node:tls'; export const x = tls;",
    "import { connect } from 'node:http2'; export const x = connect;",
    "import { createSocket } from 'node:dgram'; export const x = createSocket;",
    "import { lookup } from 'node:dns'; export const x = lookup;",
    "import { resolve4 } from 'node:dns/promises'; export const x = resolve4;",
    "import { fetch as get } from 'undici'; export const x = get;",
    "import axios from 'axios'; export const x = axios;",
    "import { createTransport } from 'nodemailer'; export const x = createTransport;",
    "import { createRemoteJWKSet } from 'jose'; export const x = createRemoteJWKSet;",
    "import { KMSClient } from '@aws-sdk/client-kms'; export const x = KMSClient;",
    "export { request } from 'undici';",
  ].flatMap((text) => ['apps/admin-api/src/main.ts', 'apps/gateway/src/upstream/http-client.ts', 'libs/platform/src/http/problem.ts'].map((file) => ['@typescript-eslint/no-restricted-imports', file, text])),
  ['no-restricted-syntax', 'apps/gateway/src/main.ts', "export const x = import('node:https');"],
  ['no-restricted-syntax', 'apps/gateway/src/upstream/http-client.ts', "export const x = import('undici');"],
  ['no-restricted-syntax', 'apps/usage-billing/src/main.ts', "export const x = import('@aws-sdk/client-kms');"],
  ['no-restricted-syntax', 'apps/gateway/src/main.ts', "declare const require: (name: string) => unknown; export const x = require('https');"],
  ['no-restricted-syntax', 'apps/gateway/src/main.ts', "export const x = process.getBuiltinModule('net');"],
  // B14: a certificate is always verified.
  ['no-restricted-syntax', 'apps/gateway/src/upstream/pools.ts', 'export const x = { rejectUnauthorized: false };'],
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
