import { defineConfig } from 'vitest/config';

/** The unit tests of what Stryker mutates (stryker.config.json). */
export default defineConfig({
  test: {
    name: 'mutation',
    include: ['test/unit/core/**/*.test.ts', 'test/unit/aws/aws-errors.test.ts'],
    // Every pair of crashes takes seconds for each mutant, and finds few that nothing else does.
    exclude: ['test/unit/core/crash.test.ts'],
    setupFiles: ['test/support/seeded-properties.ts'],
    pool: 'threads',
    isolate: false,
    testTimeout: 30_000,
  },
});
