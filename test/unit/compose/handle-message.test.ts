import { describe, expect, it } from 'vitest';
import { type HandleMessageParts, handleMessage } from '../../../src/compose/handle-message.ts';
import { HandedBackError } from '../../../src/core/errors.ts';
import type { Message } from '../../../src/core/message.ts';
import type { Handled } from '../../../src/core/tell/conclude.ts';
import { message } from '../../support/findings.ts';
import { handled } from '../../support/handled.ts';

const parking = { by: 'park', outcome: 'refused', reason: 'sse-c' } as const;
const refused = handled({ outcome: { name: 'refused', reason: 'sse-c' }, settlement: parking });

/** A handling that takes 1.5 s on a clock of its own, and a list of what was reported. */
function open(result: Handled, parts: Partial<HandleMessageParts> = {}) {
  let now = 1_000;
  let slotsLeft = 0;
  const leaveSlot = () => void slotsLeft++;
  /** A wait of a minute. */
  const waitFor = () => Promise.resolve().then(() => void (now += 60_000));
  const reported: (readonly [string, ...unknown[]])[] = [];
  return {
    reported,
    slotsLeft: () => slotsLeft,
    handle: (about: Message, signal = new AbortController().signal) =>
      handleMessage(about, signal, leaveSlot, {
        async handleFinding(_message, _signal, waits) {
          await waits(waitFor());
          now += 1_500;
          return result;
        },
        sendEvents: async ({ settlement }) => settlement,
        events: {
          handlingEnded: (...concluded) => void reported.push(['concluded', ...concluded]),
          findingHandled: (...ended) => void reported.push(['handled', ...ended]),
          findingHandledBefore: (...about) => void reported.push(['handled before', ...about]),
        },
        hasDeadLetterQueue: true,
        elapsedMs: () => now,
        ...parts,
      }),
  };
}

describe('the story of one message', () => {
  it('waits for a digest outside its slot, and the wait is no part of its time', async () => {
    const { handle, reported, slotsLeft } = open(handled());
    await handle(message());

    expect(slotsLeft()).toBe(1);
    expect(reported.at(-1)).toMatchObject(['handled', {}, {}, 1.5]);
  });

  it('is timed and reported: first its conclusion, then the handling with its seconds', async () => {
    const result = handled();
    const { handle, reported } = open(result);
    const about = message();

    expect(await handle(about)).toEqual({ by: 'delete' });
    expect(reported).toEqual([
      ['concluded', about, result, 1.5],
      ['handled', about, result, 1.5],
    ]);
  });

  it('hands the signal on, and what an interrupted handling throws is reported by nobody here', async () => {
    const interruption = new AbortController();
    const seen: AbortSignal[] = [];
    const { handle, reported } = open(handled(), {
      handleFinding(_, signal) {
        seen.push(signal);
        return Promise.reject(new HandedBackError());
      },
    });

    await expect(handle(message(), interruption.signal)).rejects.toThrow(HandedBackError);
    expect(seen).toEqual([interruption.signal]);
    expect(reported).toEqual([]);
  });

  it('reports the handling of a parked message once the message is parked', async () => {
    const { handle, reported } = open(refused);
    const about = message();

    const ending = await handle(about);
    expect(ending).toMatchObject(parking);
    expect(reported).toEqual([['concluded', about, refused, 1.5]]);

    ending.parked?.();
    expect(reported.at(-1)).toEqual(['handled', about, refused, 1.5]);
  });

  it.each([
    { hasDeadLetterQueue: true, recorded: false, receiveCount: 2, counts: true },
    { hasDeadLetterQueue: false, recorded: true, receiveCount: 2, counts: true },
    { hasDeadLetterQueue: false, recorded: false, receiveCount: 1, counts: true },
    { hasDeadLetterQueue: false, recorded: false, receiveCount: 2, counts: false },
  ])('counts a message that the redrive policy moves only once: %o', async (given) => {
    const { counts, hasDeadLetterQueue, receiveCount, recorded } = given;
    const { handle } = open({ ...refused, recorded }, { hasDeadLetterQueue });

    const ending = await handle(message({ receiveCount }));

    expect(ending.parked !== undefined).toBe(counts);
  });

  it('reports a message that waits for the redrive policy as handled before, and no other', async () => {
    const left = open({ ...refused, recorded: false }, { hasDeadLetterQueue: false });
    const parked = open({ ...refused, recorded: false });
    const again = message({ receiveCount: 2 });

    await left.handle(again);
    await parked.handle(again);

    expect(left.reported.at(-1)).toEqual(['handled before', again]);
    expect(parked.reported.map(([name]) => name)).toEqual(['concluded']);
  });
});
