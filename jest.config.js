/** One transform and one module resolution for every suite; docs: TOOLCHAIN, "Jest". */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: '<rootDir>/tools/jest/plain-context.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transformIgnorePatterns: ['/node_modules/(?!@byok/)'],
  // Not `import` or `default`: TypeORM then fails with "Cannot require() ES Module tslib in a cycle".
  testEnvironmentOptions: { customExportConditions: ['@byok/source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/\\.byok/', '<rootDir>/tmp/'],
};

const folders = ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/tools'];

export default {
  watchman: false,
  projects: [
    { ...shared, displayName: 'unit', roots: folders, testMatch: ['**/*.spec.ts'], testPathIgnorePatterns: ['\\.int\\.spec\\.ts$', '/node_modules/'], setupFilesAfterEnv: ['<rootDir>/tools/jest/timeout-of-specs.ts'] },
    {
      ...shared,
      displayName: 'int',
      roots: folders,
      testMatch: ['**/*.int.spec.ts'],
      globalSetup: '<rootDir>/tools/jest/global-setup.ts',
      globalTeardown: '<rootDir>/tools/jest/global-teardown.ts',
      // A project's own testTimeout is not heard by jest-circus; a setup file is.
      setupFilesAfterEnv: ['<rootDir>/tools/jest/timeout-of-specs.ts'],
    },
    // Every story has processes, ports and data of its own; one at a time (--maxWorkers=1), as a product is several processes.
    { ...shared, displayName: 'e2e', roots: ['<rootDir>/e2e'], globalSetup: '<rootDir>/tools/jest/prepare-stories.ts', globalTeardown: '<rootDir>/tools/jest/forget-prepared.ts', testMatch: ['**/*.e2e.ts'], setupFilesAfterEnv: ['<rootDir>/tools/jest/timeout-of-stories.ts'] },
  ],
};
