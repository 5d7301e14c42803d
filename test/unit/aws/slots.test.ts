import { describe, expect, it } from 'vitest';
import { createSlots } from '../../../src/aws/slots.ts';

function occupy(slots: ReturnType<typeof createSlots>, count: number): (() => void)[] {
  return Array.from({ length: count }, () => {
    const task = Promise.withResolvers<void>();
    slots.run(() => task.promise);
    return () => task.resolve();
  });
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe('slots', () => {
  it('are worth polling at once while five are free', async () => {
    const slots = createSlots(10);
    occupy(slots, 5);

    expect(slots.free).toBe(5);
    expect(await isSettled(slots.worthPolling())).toBe(true);
  });

  it('are not worth polling while none is free, and are soon after one came free', async () => {
    const slots = createSlots(10);
    const [end] = occupy(slots, 10);
    const polling = slots.worthPolling();

    expect(await isSettled(polling)).toBe(false);
    end?.();
    await polling;
    expect(slots.free).toBe(1);
  });

  it('gather until five are free', async () => {
    const slots = createSlots(10);
    const ends = occupy(slots, 10);
    const polling = slots.worthPolling();
    for (const end of ends.slice(0, 5)) end();

    await polling;

    expect(slots.free).toBe(5);
  });

  it('of fewer than five are worth polling when all are free', async () => {
    const slots = createSlots(2);

    expect(await isSettled(slots.worthPolling())).toBe(true);
  });

  it('are idle once every task has ended', async () => {
    const slots = createSlots(3);
    const ends = occupy(slots, 2);
    const idle = slots.idle();

    ends[0]?.();
    expect(await isSettled(idle)).toBe(false);
    ends[1]?.();
    await idle;
    expect(slots.busy).toBe(0);
  });
});
