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
  { files: ['**/*.ts'], ignores: TEST_CODE, rules: { 'no-restricted-imports': ['error', { patterns: [noTestHelpers] }], 'no-restricted-globals': ['error', noFetch] } },
  {
    files: ['**/*.ts'],
    ignores: ['libs/platform/src/config/load-config.ts', ...MAY_EXPOSE, ...TEST_CODE],
    rules: { 'no-restricted-syntax': ['error', noEnvironment, noExpose, noShortTag, noUnverifiedTls] },
  },
  { files: MAY_EXPOSE, ignores: TEST_CODE, rules: { 'no-restricted-syntax': ['error', noEnvironment, noShortTag, noUnverifiedTls] } },
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
      'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: 'Take a Clock.' }, { object: 'Math', property: 'random', message: 'Take a Random.' }],
    },
  },
  { files: TEST_CODE, rules: { 'no-console': 'off' } },
];
