import { describe, expect, it } from 'vitest';
import { crashRun } from '../crash/crash-run.ts';

/** Needs no container, but its time. Another seed each time: `npm run crash` takes it to run the same again. */
describe('500 findings of every kind, and workers that are killed again and again', () => {
  it('end with every byte and every record as they must be', { timeout: 15 * 60_000 }, async () => {
    const seed = Date.now() % 1_000_000;
    const { problems, kills } = await crashRun({ findings: 500, seed, callsBetweenKills: 150 });

    expect(problems, `npm run crash -- --findings 500 --seed ${seed}`).toEqual([]);
    expect(kills).toBeGreaterThan(5);
  });
});
