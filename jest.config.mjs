const shared = {
  rootDir: '.',
  testEnvironment: '<rootDir>/test/support/node-environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^jwks-rsa$': '<rootDir>/test/support/jwks-rsa.cjs',
  },
};

/** unit: beside the source, no servers. The others use the real servers that scripts/test.mjs starts. */
export default {
  // What a test file has loaded stays in its worker's memory, which would grow to gigabytes, and slow.
  workerIdleMemoryLimit: '1GB',
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/src/**/*.spec.ts'] },
    ...['contract', 'integration', 'e2e', 'faults'].map((name) => ({
      ...shared,
      displayName: name,
      testMatch: [`<rootDir>/test/${name}/**/*.spec.ts`],
      setupFilesAfterEnv: ['<rootDir>/test/support/timeouts.ts'],
    })),
  ],
};
