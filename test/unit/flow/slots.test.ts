import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSlots } from '../../../src/flow/slots.ts';

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
  it('are free for others once a task has left, before it ends and only once', async () => {
    const slots = createSlots(() => 1);
    const task = Promise.withResolvers<void>();
    let leave = () => {};
    slots.run((leaveSlot) => {
      leave = leaveSlot;
      return task.promise;
    });
    expect(slots.free).toBe(0);
    leave();
    leave();
    expect(slots.free).toBe(1);
    occupy(slots, 1);
    task.resolve();
    await isSettled(task.promise);
    expect(slots.free).toBe(0);
  });

  it('are worth polling at once while five are free', async () => {
    const slots = createSlots(() => 10);
    occupy(slots, 5);

    expect(slots.free).toBe(5);
    expect(await isSettled(slots.reserve(10))).toBe(true);
  });

  it('are not worth polling while none is free, and are soon after one came free', async () => {
    const slots = createSlots(() => 10);
    const [end] = occupy(slots, 10);
    const polling = slots.reserve(10);

    expect(await isSettled(polling)).toBe(false);
    end?.();
    await polling;
    expect(slots.free).toBe(1);
  });

  describe('when a slot became free a while ago', () => {
    afterEach(() => vi.useRealTimers());

    it('are worth polling at once', async () => {
      vi.useFakeTimers();
      const slots = createSlots(() => 10);
      const [end] = occupy(slots, 10);
      end?.();
      await vi.advanceTimersByTimeAsync(100);

      expect(await isSettled(slots.reserve(10))).toBe(true);
    });

    it('gather anew once that one was taken and another came free', async () => {
      vi.useFakeTimers();
      const slots = createSlots(() => 10);
      const ends = occupy(slots, 10);
      ends[0]?.();
      await vi.advanceTimersByTimeAsync(80);
      occupy(slots, 1);
      ends[1]?.();
      const polling = slots.reserve(10);

      await vi.advanceTimersByTimeAsync(99);
      expect(await isSettled(polling)).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(await isSettled(polling)).toBe(true);
    });
  });

  it('gather until five are free', async () => {
    const slots = createSlots(() => 10);
    const ends = occupy(slots, 10);
    const polling = slots.reserve(10);
    for (const end of ends.slice(0, 5)) end();

    await polling;

    expect(slots.free).toBe(5);
  });

  it('of fewer than five are worth polling when all are free', async () => {
    const slots = createSlots(() => 2);

    expect(await isSettled(slots.reserve(10))).toBe(true);
  });

  it('are idle once every task has ended', async () => {
    const slots = createSlots(() => 3);
    const ends = occupy(slots, 2);
    const idle = slots.idle();

    ends[0]?.();
    expect(await isSettled(idle)).toBe(false);
    ends[1]?.();
    await idle;
    expect(slots.busy).toBe(0);
  });

  it('that are reserved are not given to another, until they are released', async () => {
    const slots = createSlots(() => 12);
    const first = await slots.reserve(10);
    const second = await slots.reserve(10);
    const third = slots.reserve(10);

    expect([first.size, second.size]).toEqual([10, 2]);
    expect(await isSettled(third)).toBe(false);
    first.cancel();
    occupy(slots, 6);
    expect((await third).size).toBe(4);
  });

  it('are given back by a reservation once, however often it is released', async () => {
    const slots = createSlots(() => 5);
    const reservation = await slots.reserve(5);

    reservation.cancel();
    reservation.cancel();

    expect((await slots.reserve(10)).size).toBe(5);
  });

  it('that become fewer are to be had again only when enough work has ended', async () => {
    let size = 4;
    const slots = createSlots(() => size);
    const ends = occupy(slots, 4);
    size = 2;
    const reserving = slots.reserve(10);

    for (const end of ends.slice(0, 2)) end();
    expect(await isSettled(reserving)).toBe(false);
    for (const end of ends.slice(2)) end();
    expect((await reserving).size).toBe(2);
  });

  it('that become more are to be had once that is said, while work goes on', async () => {
    let size = 1;
    const slots = createSlots(() => size);
    occupy(slots, 1);
    const reserving = slots.reserve(10);
    size = 7;

    slots.limitChanged();

    expect((await reserving).size).toBe(6);
  });
});
