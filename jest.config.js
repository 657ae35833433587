/** One transformer (swc) and one worker: most suites own a Temporal server, and two cores are what CI has. */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  testTimeout: 30_000,
  maxWorkers: 2,
  // Each suite leaves native runtimes and contexts behind: a process that has grown is replaced by a fresh one.
  workerIdleMemoryLimit: '800MB',
};
