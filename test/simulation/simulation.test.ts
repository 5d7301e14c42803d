import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { guards } from './guards/guards.ts';
import { product } from './product.ts';
import { knownSchedules } from './search/known-schedules.ts';
import { runSchedule } from './search/run-random.ts';

/** In a process of its own, which the coverage does not slow down. */
async function simulate(...args: string[]): Promise<{ readonly code: unknown; readonly output: string }> {
  const command = [`${import.meta.dirname}/main.ts`, ...args];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, command);
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

// Two processes that need no more of this one than their output.
describe.concurrent('the product', () => {
  it('keeps its promises in thousands of schedules', async () => {
    const { code, output } = await simulate('--runs', '8000', '--seed', '5');

    expect(output).toContain('8000 schedules');
    expect(output).toContain('no invariant broken');
    expect(code).toBe(0);
  });

  it('keeps its promises in every schedule of small worlds', async () => {
    const { code, output } = await simulate('--quick');

    expect(output).toMatch(/^\d+ states, every interleaving: no invariant broken$/m);
    expect(code).toBe(0);
  });
});

describe('a schedule that once broke a promise', () => {
  it.each(knownSchedules)('breaks none: $name', async ({ world, schedule }) => {
    const { failure } = await runSchedule(world, schedule.split(' '), { product });

    expect(failure).toBeUndefined();
  });
});

describe('a failure', () => {
  it('is shrunk and comes again by the command that is printed', async () => {
    const guard = guards.find(({ name }) => name === 'delete after copy');
    const failing = await simulate('--without', guard?.name ?? '', '--runs', '100');
    const [, seed = '', schedule = ''] = /--replay '(\d+)' --schedule '(.*)'/.exec(failing.output) ?? [];
    const again = await simulate('--without', guard?.name ?? '', '--replay', seed, '--schedule', schedule);

    expect(failing).toMatchObject({ code: 1, output: expect.stringContaining('broken: never lose bytes') });
    expect(again).toMatchObject({ code: 1, output: expect.stringContaining('broken: never lose bytes') });
    expect(schedule.split(' ').length).toBeLessThan(10);
  });
});
