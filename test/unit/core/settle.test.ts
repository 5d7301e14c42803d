import { describe, expect, it } from 'vitest';
import type { Settlement } from '../../../src/core/message.ts';
import { settle } from '../../../src/core/settle.ts';

const parked: Settlement = { by: 'park', outcome: 'refused', reason: 'sse-c', findingId: 'f1' };

/** What was done, in order. */
async function done(settlement: Settlement, parking = async () => undefined): Promise<unknown[]> {
  const calls: unknown[] = [];
  const exits = {
    async park(about: Settlement) {
      calls.push(about);
      await parking();
    },
    acknowledge: async (how: string) => void calls.push(how),
  };
  await settle(settlement, exits).catch((error: unknown) => calls.push(error));
  return calls;
}

describe('settle', () => {
  it('acknowledges what is done, and parks nothing', async () => {
    expect(await done({ by: 'delete' })).toStrictEqual(['delete']);
  });

  it('parks with its reason what a person has to see, and only then acknowledges it', async () => {
    expect(await done(parked)).toStrictEqual([parked, 'park']);
  });

  it('acknowledges nothing that could not be parked', async () => {
    const fault = new Error('the dead-letter queue is away');

    expect(await done(parked, () => Promise.reject(fault))).toStrictEqual([parked, fault]);
  });
});
