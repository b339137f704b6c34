/**
 * `unit` needs only npm; `e2e` a real control plane, which it shares; `cluster` real machines, which
 * it boots; `full` what is too slow for the gate. */
const project = (displayName, testMatch, extra = {}) => ({
  displayName,
  testMatch,
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['ts-jest', { diagnostics: false }] },
  modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/dist/', '<rootDir>/.keelson/'],
  ...extra,
});

module.exports = {
  // A limit for what hangs: a busy machine alone fails no test.
  testTimeout: 300_000,
  projects: [
    project('unit', ['<rootDir>/test/unit/**/*.test.ts']),
    project('e2e', ['<rootDir>/test/e2e/**/*.test.ts'], {
      globalSetup: '<rootDir>/test/e2e/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/e2e/support/global-teardown.ts',
    }),
    project('cluster', ['<rootDir>/test/cluster/**/*.test.ts']),
    project('full', ['<rootDir>/test/full/**/*.test.ts']),
  ],
};
