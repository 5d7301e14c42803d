import { expect, it } from 'vitest';
import { recordKey } from '../../../../../src/core/evidence/keys.ts';
import { followSample, type Sample } from '../../../../../src/core/operate/doctor/follow-sample.ts';

const createdAt = new Date('2026-11-28T12:00:00Z');
const sample: Sample = { id: 'a'.repeat(32), createdAt };
const earlier: Sample = { id: 'b'.repeat(32), createdAt };

/** Macie and a worker that answer at these seconds after the start; time goes on only while the command waits. */
function follow({ shownAt = 0, recordedAt = 0, outcome = 'ignored', patienceMs = 60_000 } = {}) {
  let seconds = 0;
  const said: string[] = [];
  const pauses: number[] = [];
  let isCreated = false;
  const verdict = followSample(
    {
      async create() {
        isCreated = true;
      },
      list: async () => (isCreated && seconds >= shownAt ? [earlier, sample] : [earlier]),
      async *recordKeys(prefix) {
        // Records of other findings that begin alike are no answer.
        yield recordKey({ id: `${sample.id}0`, createdAt }, { name: 'isolated' });
        const key = recordKey(sample, { name: outcome as 'ignored' });
        if (seconds >= recordedAt && key.startsWith(prefix)) yield key;
      },
      now: () => new Date(createdAt.getTime() + seconds * 1000),
      async pause(ms) {
        pauses.push(ms);
        seconds += ms / 1000;
      },
      say: (text) => said.push(text),
    },
    patienceMs,
  );
  return { verdict, said, pauses };
}

it('a sample finding is followed to its record', async () => {
  const { verdict } = follow({ shownAt: 1, recordedAt: 5 });
  expect(await verdict).toEqual({
    state: 'ok',
    note: `${sample.id}: shown by Macie after 2 s, recorded as ignored after 6 s`,
  });
});

it('a wait is reported, at ever longer intervals', async () => {
  const { pauses, said, verdict } = follow({ recordedAt: 40 });
  await verdict;

  expect(said[0]).toBe(`the sample finding ${sample.id} has no record yet; 60 s are left`);
  expect(pauses.slice(0, 6)).toEqual([250, 500, 1000, 2000, 4000, 5000]);
  expect(Math.max(...pauses)).toBe(5000);
});

it('a sample finding that Macie does not show is wrong, in time', async () => {
  const { verdict } = follow({ shownAt: 1e6 });
  expect(await verdict).toMatchObject({
    state: 'wrong',
    why: expect.stringMatching(/shows none after 60 s/),
  });
});

it('a sample finding without a record is wrong, and the places to look are named', async () => {
  const { verdict } = follow({ recordedAt: 1e6 });
  expect(await verdict).toMatchObject({
    state: 'wrong',
    why: `The sample finding ${sample.id} has no record after 60 s.`,
    mend: expect.stringMatching(/status.*dlq list.*log of the worker.*rule.*--wait/),
  });
});

it('an order that Macie refuses is passed on', async () => {
  const ports = {
    create: () => Promise.reject(new Error('denied')),
    list: async () => [],
    async *recordKeys() {},
    now: () => createdAt,
    pause: async () => undefined,
    say: () => undefined,
  };
  await expect(followSample(ports, 1)).rejects.toThrow('denied');
});
