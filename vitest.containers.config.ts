import { defineConfig } from 'vitest/config';

/** The real image against the real LocalStack. Needs a container runtime, and fails without one. */
export default defineConfig({
  test: {
    name: 'containers',
    include: ['test/containers/**/*.test.ts'],
    globalSetup: ['test/containers/support/build-image.ts'],
    reporters: ['default', './scripts/count-reporter.ts'],
    pool: 'forks',
    // Two cores: one LocalStack at a time.
    fileParallelism: false,
    // Guards against a run that hangs: a slow machine needs minutes for a stack.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
