import { describe, expect, it } from 'vitest';
import { crashRun } from '../crash/crash-run.ts';

describe('workers that are killed in the middle of their calls', () => {
  it('lose no byte, leave no flagged byte, and record every finding truthfully', async () => {
    const { problems, kills, messages } = await crashRun({ findings: 60, seed: 11, callsBetweenKills: 200 });

    expect(problems).toEqual([]);
    expect(messages).toBeGreaterThanOrEqual(60);
    expect(kills).toBeGreaterThan(0);
  });

  it('leave a fence around all that is flagged and stays, and around nothing else', async () => {
    const { problems, kills } = await crashRun({
      findings: 40,
      seed: 12,
      callsBetweenKills: 150,
      fence: 'first',
    });

    expect(problems).toEqual([]);
    expect(kills).toBeGreaterThan(0);
  });
});
