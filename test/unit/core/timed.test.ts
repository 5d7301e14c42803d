import { expect, it } from 'vitest';
import { timed } from '../../../src/core/timed.ts';
import { createFakeWorld } from '../../support/fake-ports.ts';

it('a step that fails is reported with its error and with how long it took', async () => {
  const { ports } = createFakeWorld();
  const fault = new Error('a fault');
  const told: unknown[] = [];
  const observer = {
    ...ports.observer,
    stepFailed: (...of: unknown[]) => void told.push(of),
    stepDone: (...of: unknown[]) => void told.push(of),
  };

  await expect(timed({ ...ports, observer }, 'copy', () => Promise.reject(fault))).rejects.toBe(fault);

  // The clock of this world goes one second further each time it is read.
  expect(told).toStrictEqual([
    ['copy', fault],
    ['copy', 1],
  ]);
});
