import { defineConfig } from 'vitest/config';

/** The unit tests of what Stryker mutates (stryker.config.json). */
export default defineConfig({
  test: {
    name: 'mutation',
    include: [
      'test/unit/core/**/*.test.ts',
      'test/unit/aws/sdk/aws-errors.test.ts',
      // What a broken policy is told, and what the commands say of one: texts that the core forms.
      'test/unit/config/policy/*.test.ts',
      'test/unit/cli/policy/*.test.ts',
    ],
    // It plays every pair of crashes, seconds for each mutant. What it alone would notice counts as unnoticed.
    exclude: ['test/unit/core/crash.test.ts'],
    setupFiles: ['test/support/seeded-properties.ts'],
    pool: 'threads',
    // Without isolation a module is loaded once, before the mutant is switched on. A mutant of a table at the top of a module
    // then survives whatever the tests say: MUTATION_ISOLATE=yes loads each module anew, and takes three times as long.
    isolate: process.env['MUTATION_ISOLATE'] === 'yes',
    testTimeout: 30_000,
  },
});
