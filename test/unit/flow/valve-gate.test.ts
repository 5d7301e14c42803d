import { beforeEach, describe, expect, test } from 'vitest';
import type { Closed, Valve } from '../../../src/core/valve/valve.ts';
import { allOf } from '../../../src/flow/gate.ts';
import { createValveGate } from '../../../src/flow/valve-gate.ts';

const budgetSpent: Closed = {
  by: 'budget',
  count: { hour: '2026-11-27T22', budget: 1, leased: 1, countFrom: new Date(0), alerted: false },
};
const unknown: Closed = { by: 'unknown', problem: 'not read yet' };
let closed: Closed | undefined;
let onRefresh: () => void;
let calls: string[];
let events: string[];

beforeEach(() => {
  closed = unknown;
  onRefresh = () => undefined;
  calls = [];
  events = [];
});

const valve: Valve = {
  get closed() {
    return closed;
  },
  spent: undefined,
  get remaining() {
    return 7;
  },
  get budget() {
    return 9;
  },
  async refresh() {
    calls.push('refresh');
    onRefresh();
  },
  async take() {
    calls.push('take');
    return closed === undefined ? { giveBack: () => undefined } : undefined;
  },
  async probe() {
    calls.push('probe');
  },
  async drain() {
    calls.push('drain');
  },
};
const gateOf = (refreshEveryMs = 1) =>
  createValveGate(
    valve,
    {
      paused: ({ by }) => void events.push(`paused by ${by}`),
      stillPaused: ({ by }) => void events.push(`read: still paused by ${by}`),
      resumed: () => void events.push('resumed'),
      valveAnswered: () => void events.push('read'),
      valveRead: ({ remaining, budget }) => void events.push(`read ${remaining} of ${budget}`),
      valveUnreadable: (error) => void events.push(`unreadable: ${(error as Error).message}`),
    },
    { refreshEveryMs },
  );
const changes = () => events.filter((event) => !event.startsWith('read'));
const never = new AbortController().signal;

describe('while the valve is closed', () => {
  test('nothing passes until a refresh opens it', async () => {
    const gate = gateOf();
    expect(gate.admit()).toBe(false);
    const passing = gate.pass(never);
    let refreshes = 0;
    onRefresh = () => {
      refreshes++;
      if (refreshes === 3) closed = undefined;
    };
    gate.start();
    await passing;
    expect(refreshes).toBe(3);
    expect(gate.admit()).toBe(true);
    expect(changes()).toEqual(['paused by unknown', 'resumed']);
    await gate.stop();
  });

  test('the first look that finds it open lets everything pass, and tells nothing', async () => {
    const gate = gateOf(60_000);
    const passing = gate.pass(never);
    onRefresh = () => {
      closed = undefined;
    };
    gate.start();
    await passing;
    expect(changes()).toEqual([]);
    await gate.stop();
  });

  test('whoever waits is let go by an abort', async () => {
    const abort = new AbortController();
    const passing = gateOf().pass(abort.signal);
    abort.abort();
    await passing;
  });

  test('it stays shut after the end of the pause until a refresh, so that whoever asks knows what is waited for', async () => {
    const gate = gateOf(60_000);
    gate.start();
    await gate.take();
    const passing = gate.pass(never);
    closed = undefined;
    expect(gate.admit()).toBe(false);

    await gate.take();

    await passing;
    expect(gate.admit()).toBe(true);
    expect(changes()).toEqual(['paused by unknown', 'resumed']);
    await gate.stop();
  });

  test('another cause of the pause is reported as a pause of its own', async () => {
    const gate = gateOf(60_000);
    gate.start();
    await gate.take();
    closed = budgetSpent;
    await gate.take();
    expect(changes()).toEqual(['paused by unknown', 'paused by budget']);
    await gate.stop();
  });
});

describe('a unit', () => {
  test('that spends the budget has the valve read again at once, so that people are told', async () => {
    closed = undefined;
    const gate = gateOf(60_000);
    expect(await gate.take()).toBeDefined();
    closed = budgetSpent;
    expect(await gate.take()).toBeUndefined();
    expect(calls).toEqual(['take', 'take', 'refresh']);
    expect(gate.admit()).toBe(false);
    await gate.stop();
  });
});

describe('a valve that cannot be read', () => {
  test('is told, and read again', async () => {
    closed = undefined;
    const readAgain = Promise.withResolvers<void>();
    let refreshes = 0;
    onRefresh = () => {
      refreshes++;
      if (refreshes === 1) throw new Error('away');
      readAgain.resolve();
    };
    const gate = gateOf();
    gate.start();
    await readAgain.promise;
    expect(changes()).toEqual(['unreadable: away']);
    await gate.stop();
  });
});

describe('a valve that does not answer', () => {
  test('is told again and again, also where no read ever ends', async () => {
    const answer = Promise.withResolvers<void>();
    const hanging = { ...valve, refresh: () => answer.promise };
    const told = Promise.withResolvers<void>();
    let times = 0;
    const gate = createValveGate(
      hanging,
      {
        paused: () => undefined,
        stillPaused: () => undefined,
        resumed: () => undefined,
        valveAnswered: () => undefined,
        valveRead: () => undefined,
        valveUnreadable(error) {
          expect(error).toMatchObject({ code: 'NoAnswer' });
          times++;
          if (times === 3) told.resolve();
        },
      },
      { refreshEveryMs: 1 },
    );
    gate.start();

    await told.promise;

    answer.resolve();
    await gate.stop();
  });
});

test('what was leased is given back at the end, and nothing is read any more', async () => {
  closed = undefined;
  const gate = gateOf();
  gate.start();
  await gate.stop();
  const before = calls.length;
  expect(calls.at(-1)).toBe('drain');
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(calls).toHaveLength(before);
});

describe('several gates', () => {
  const gate = (isOpen: () => boolean, passed: () => void = () => undefined) => ({
    admit: isOpen,
    pass: async () => passed(),
  });

  test('are open while all of them are', () => {
    expect(allOf([gate(() => true), gate(() => true)]).admit()).toBe(true);
    expect(allOf([gate(() => true), gate(() => false)]).admit()).toBe(false);
  });

  test('are passed when all are open at the same time', async () => {
    let first = false;
    let second = true;
    let turns = 0;
    await allOf([
      gate(
        () => first,
        () => {
          first = true;
          // The other one shuts while this one is waited for.
          if (turns++ === 0) second = false;
        },
      ),
      gate(
        () => second,
        () => {
          second = true;
        },
      ),
    ]).pass(never);
    expect([first, second, turns]).toEqual([true, true, 1]);
  });

  test('let go of whoever waits when the signal is aborted', async () => {
    await allOf([gate(() => false)]).pass(AbortSignal.abort());
  });
});
