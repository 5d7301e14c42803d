import { defineConfig } from 'vitest/config';

/** The unit tests of what Stryker mutates (stryker.config.json). */
export default defineConfig({
  test: {
    name: 'mutation',
    include: ['test/unit/core/**/*.test.ts', 'test/unit/aws/aws-errors.test.ts'],
    pool: 'threads',
    testTimeout: 30_000,
  },
});
