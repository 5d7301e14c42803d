import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Where the integration tests leave which calls they made to AWS, for the policies' tests after them. This file is
// read once for each project, and the folder is the same for all.
if (process.env['AWS_CALLS_FOLDER'] === undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'macie-isolator-aws-calls-'));
  process.env['AWS_CALLS_FOLDER'] = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}

export default defineConfig({
  test: {
    reporters: ['default', './scripts/count-reporter.ts'],
    pool: 'forks',
    // Vitest leaves one core idle. Many tests wait more than they compute, so that two cores run two files at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // The demo runs as a child process, where coverage does not follow.
      exclude: ['src/main.ts', 'src/cli.ts', 'src/program.ts', 'src/local/demo-*.ts', 'src/local/demo/**'],
      reporter: ['text-summary', 'html'],
      thresholds: { lines: 85, branches: 80, 'src/core/**': { lines: 95, branches: 90 } },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // A guard against a test that hangs: on a busy machine what takes ten seconds takes a minute.
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Not 0: on a machine that runs one file at a time those come last.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'simulation', include: ['test/simulation/**/*.test.ts'], testTimeout: 900_000 },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'policies',
          include: ['test/policies/**/*.test.ts'],
          testTimeout: 120_000,
          // After all the others.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
