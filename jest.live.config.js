const base = require('./jest.config');

/** What needs a real provider and a key for its sandbox; `npm test` rehearses the same against our own. */
module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/**/*.live.ts'],
  testTimeout: 300_000,
  maxWorkers: 1,
};
