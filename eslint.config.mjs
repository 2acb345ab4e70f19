import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const IO = ['@nestjs/*', 'typeorm', 'pg', 'ioredis', 'bullmq', 'undici', 'fastify', 'axios', 'express'];
const PURE = ['kernel', 'contracts', 'pricing', 'providers', 'routing', 'ledger', 'envelope'].map((name) => `libs/${name}/src/**/*.ts`);
const TESTS = ['**/*.spec.ts', '**/*.suite.ts', '**/*.builder.ts', '**/src/spec/**'];
const TEST_CODE = [...TESTS, 'e2e/**', 'bench/**', 'tools/**', 'libs/testing/**'];

/** The only files where the plain value of a Secret may be taken out. */
const MAY_EXPOSE = ['libs/envelope/src/seal.ts', 'apps/key-vault/src/verbs/open-key.ts', 'apps/key-vault/src/sign-in/open-sign-in-secret.ts', 'apps/gateway/src/upstream/**', 'libs/kernel/src/secret.ts'];

const noTestHelpers = { group: ['@byok/testing'], message: 'Test helpers stay in *.spec.ts files, e2e, bench and tools.' };
const noEnvironment = { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'Read configuration through loadConfig().' };
const noExpose = { selector: "CallExpression[callee.property.name='expose']", message: 'Only the files listed as MAY_EXPOSE in eslint.config.mjs take a secret out.' };
const noShortTag = {
  selector: "CallExpression[callee.name=/^create(De|C)ipheriv$/][arguments.length<4]",
  message: 'Pass { authTagLength: 16 }: without it Node accepts tags of four bytes.',
};
const noUnverifiedTls = { selector: "Property[key.name='rejectUnauthorized'][value.value=false]", message: 'A certificate is always verified.' };
// Every outbound byte goes through libs/platform/src/egress. These are the ways around it.
const WAY_OUT = 'Outbound bytes go through the dialer (libs/platform/src/egress); the files that may do otherwise are MAY_CONNECT in eslint.config.mjs, each with its reason.';
const dials = (names, importNames) => names.map((name) => ({ name, message: WAY_OUT, allowTypeImports: true, ...(importNames ? { importNames } : {}) }));
const noOtherWayOut = {
  paths: [
    // Servers and types are theirs too, so it is what connects that is banned; `default` and `*` hold it all.
    ...dials(['node:http', 'http', 'node:https', 'https'], ['request', 'get', 'Agent', 'ClientRequest', 'globalAgent', 'default']),
    ...dials(['node:net', 'net'], ['connect', 'createConnection', 'Socket', 'default']),
    ...dials(['node:tls', 'tls', 'node:http2', 'http2'], ['connect', 'TLSSocket', 'default']),
    ...dials(['node:dgram', 'dgram', 'node:dns', 'dns', 'node:dns/promises', 'dns/promises', 'undici', 'axios', 'got', 'ky', 'node-fetch', 'cross-fetch', 'superagent', 'needle', 'request', 'ws', 'eventsource', 'nodemailer']),
    ...dials(['jose'], ['createRemoteJWKSet']),
  ],
  patterns: [{ group: ['@aws-sdk/*', '@google-cloud/*', '@azure/*'], message: WAY_OUT, allowTypeImports: true }],
};
const WAYS_OUT = "/^(node:)?(https?|http2|net|tls|dgram|dns|dns\\/promises)$|^(undici|axios|got|ky|node-fetch|cross-fetch|superagent|needle|request|ws|eventsource|nodemailer)$|^@(aws-sdk|google-cloud|azure)\\//";
const noDynamicWayOut = {
  selector: `ImportExpression[source.value=${WAYS_OUT}], CallExpression[callee.name='require'][arguments.0.value=${WAYS_OUT}], CallExpression[callee.property.name='getBuiltinModule']`,
  message: WAY_OUT,
};
const noGlobalFetch = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'].map((property) => ({ object: 'globalThis', property, message: WAY_OUT }));
const MAY_CONNECT = [
  'libs/platform/src/egress/**', // the dialer itself
  'apps/usage-billing/src/webhooks/post-to.ts', // a client whose connection the dialer makes
  'apps/usage-billing/src/outbox/send-mail.ts', // the operator's own mail server, by SMTP
  'apps/key-vault/src/kms/**', // the operator's KMS: the vault has no other way out, and an official SDK no place for our connector
  'apps/cli/src/admin-api.ts', // runs on the operator's own machine and calls the installation that it names
];
const noFetch = { name: 'fetch', message: 'Outbound bytes go through the gateway’s dialer.' };

export default [
  { ignores: ['**/dist', 'node_modules', 'tmp', '.nx', '**/*.mjs', '**/*.js', '**/*.cjs'] },
  { plugins: { '@nx': nx, '@typescript-eslint': tseslint.plugin } },
  {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { project: './tsconfig.json' } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      'no-console': 'error',
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          banTransitiveDependencies: true,
          // Nest reads these through its own entry points.
          allow: [],
          depConstraints: [
            { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:infra', 'type:pure', 'type:test'] },
            { sourceTag: 'type:infra', onlyDependOnLibsWithTags: ['type:infra', 'type:pure', 'type:test'] },
            { sourceTag: 'type:pure', onlyDependOnLibsWithTags: ['type:pure'], bannedExternalImports: IO },
            { sourceTag: 'type:test', onlyDependOnLibsWithTags: ['type:pure'] },
            { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
            { sourceTag: 'scope:gateway', onlyDependOnLibsWithTags: ['scope:gateway', 'scope:shared'] },
            { sourceTag: 'scope:vault', onlyDependOnLibsWithTags: ['scope:vault', 'scope:shared'] },
            { sourceTag: 'scope:billing', onlyDependOnLibsWithTags: ['scope:billing', 'scope:shared'] },
            { sourceTag: 'scope:admin', onlyDependOnLibsWithTags: ['scope:admin', 'scope:shared'] },
            { sourceTag: 'scope:launcher', onlyDependOnLibsWithTags: ['scope:shared'] },
            { sourceTag: 'runtime:browser', onlyDependOnLibsWithTags: ['runtime:any', 'runtime:browser'] },
            { sourceTag: 'runtime:any', onlyDependOnLibsWithTags: ['runtime:any'] },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: TEST_CODE,
    rules: {
      'no-restricted-imports': ['error', { patterns: [noTestHelpers] }],
      'no-restricted-globals': ['error', noFetch, ...['WebSocket', 'EventSource', 'XMLHttpRequest'].map((name) => ({ name, message: WAY_OUT }))],
      'no-restricted-properties': ['error', ...noGlobalFetch],
    },
  },
  { files: ['**/*.ts'], ignores: [...MAY_CONNECT, ...TEST_CODE], rules: { '@typescript-eslint/no-restricted-imports': ['error', noOtherWayOut] } },
  {
    files: ['**/*.ts'],
    ignores: ['libs/platform/src/config/load-config.ts', ...MAY_EXPOSE, ...TEST_CODE],
    rules: { 'no-restricted-syntax': ['error', noEnvironment, noExpose, noShortTag, noUnverifiedTls, noDynamicWayOut] },
  },
  { files: MAY_EXPOSE, ignores: TEST_CODE, rules: { 'no-restricted-syntax': ['error', noEnvironment, noShortTag, noUnverifiedTls, noDynamicWayOut] } },
  { files: ['apps/key-vault/src/kms/**'], ignores: TEST_CODE, rules: { 'no-restricted-syntax': ['error', noEnvironment, noExpose, noShortTag, noUnverifiedTls] } },
  {
    files: ['libs/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    ignores: TESTS,
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: PURE,
    ignores: TESTS,
    rules: {
      'no-restricted-imports': ['error', { patterns: [noTestHelpers, { regex: '^node:(?!crypto$)', message: 'Pure libs do no I/O; take a port instead.' }] }],
      'no-restricted-globals': [
        'error',
        noFetch,
        { name: 'process', message: 'Pure libs read no environment.' },
        { name: 'setTimeout', message: 'Take a Clock.' },
      ],
      'no-restricted-properties': ['error', ...noGlobalFetch, { object: 'Date', property: 'now', message: 'Take a Clock.' }, { object: 'Math', property: 'random', message: 'Take a Random.' }],
    },
  },
  { files: TEST_CODE, rules: { 'no-console': 'off' } },
];
