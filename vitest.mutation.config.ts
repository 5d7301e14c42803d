import { basename, dirname } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A mutant is killed by the first test that fails, which is most often one of the room of the mutated file. */
class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [mutated = ''] = this.ctx.config.related ?? [];
    const room = dirname(mutated.split('/src/').at(-1) ?? '');
    const own = `/${basename(mutated, '.ts')}.test.ts`;
    const distance = ({ moduleId }: TestSpecification) => {
      const isOfRoom = dirname(moduleId).endsWith(`/test/unit/${room}`);
      return (moduleId.endsWith(own) ? 0 : 2) + (isOfRoom ? 0 : 1);
    };
    return files.toSorted((a, b) => distance(a) - distance(b));
  }
}

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
    // They play every pair of crashes and every order of calls, seconds for each mutant. What they alone would notice counts as unnoticed.
    exclude: ['test/unit/core/crash.test.ts', 'test/unit/core/valve/valve-orders.test.ts'],
    setupFiles: ['test/support/seeded-properties.ts', 'test/support/static-mutants.ts'],
    pool: 'threads',
    isolate: false,
    sequence: { sequencer: NearestFirst },
    // As for the unit tests: a test that plays thousands of orders takes a minute beside other work.
    testTimeout: 120_000,
  },
});
