import { describe, expect, it } from 'vitest';
import type { EvidenceReader } from '../../../../../src/core/operate/records/evidence-reader.ts';
import { findRecordNames } from '../../../../../src/core/operate/records/find-records.ts';
import { inOrder } from '../../../../../src/core/operate/records/in-order.ts';
import { countAfter, listRecords } from '../../../../../src/core/operate/records/list-records.ts';
import { recordFilter } from '../../../../../src/core/operate/records/record-filter.ts';
import { seededId, seededRecord } from '../../../../support/seeded-records.ts';

/** Evidence of keys that are made as they are asked for, and how much of it is held at once. */
function evidenceOf(days: Readonly<Record<string, readonly string[]>>) {
  const seen = { reading: 0, mostAtOnce: 0, reads: 0 };
  const record = seededRecord().json;
  const evidence: EvidenceReader = {
    folders: async () => Object.keys(days).map((day) => `dt=${day}`),
    async *keys(prefix, startAfter = '') {
      const [, day = '', beginning = ''] = /^records\/dt=([\d-]+)\/(.*)$/.exec(prefix) ?? [];
      for (const name of days[day] ?? []) {
        const key = `records/dt=${day}/${name}.json`;
        if (name.startsWith(beginning) && key > startAfter) yield key;
      }
    },
    async get() {
      seen.reads += 1;
      seen.reading += 1;
      seen.mostAtOnce = Math.max(seen.mostAtOnce, seen.reading);
      await Promise.resolve();
      seen.reading -= 1;
      return record;
    },
  };
  return { evidence, seen };
}

const many = (count: number) =>
  Array.from({ length: count }, (_, number) => `${String(number).padStart(8, '0')}.alerted`);

const listing = (evidence: EvidenceReader, conditions: Parameters<typeof recordFilter>[0] = {}) => ({
  evidence,
  span: conditions,
  filter: recordFilter(conditions),
  reads: true,
  unreadable: () => undefined,
});

describe('a list of records', () => {
  it('of 100,000 holds some dozens at a time', async () => {
    const { evidence, seen } = evidenceOf({ '2026-11-20': many(50_000), '2026-11-21': many(50_000) });

    let count = 0;
    let lastDay = '2026-11-21';
    for await (const { day } of listRecords(listing(evidence))) {
      expect(day <= lastDay).toBe(true);
      lastDay = day;
      count += 1;
    }

    expect(count).toBe(100_000);
    expect(seen.mostAtOnce).toBeLessThanOrEqual(32);
  });

  it('that is read no further does not read the rest', async () => {
    const { evidence, seen } = evidenceOf({ '2026-11-20': many(1_000) });

    for await (const _ of listRecords(listing(evidence))) break;

    expect(seen.reads).toBeLessThanOrEqual(32);
  });

  it('counts the rest by names, up to a number', async () => {
    const { evidence, seen } = evidenceOf({ '2026-11-20': many(10), '2026-11-19': many(10) });
    const after = 'records/dt=2026-11-20/00000004.alerted.json';

    expect(await countAfter(listing(evidence), after, 100)).toEqual({ sure: 15, possible: 0, isCut: false });
    expect(await countAfter(listing(evidence), after, 3)).toEqual({ sure: 3, possible: 0, isCut: true });
    expect(await countAfter(listing(evidence, { severity: ['High'] }), after, 100)).toEqual({
      sure: 0,
      possible: 15,
      isCut: false,
    });
    expect(seen.reads).toBe(0);
  });
});

describe('work in order', () => {
  it('yields results in the order of the items, whichever ends first', async () => {
    const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
    const results = inOrder([0, 1, 2], 3, async (number) => {
      await gates[number]?.promise;
      return number;
    });
    for (const { resolve } of gates.toReversed()) resolve();

    const yielded: number[] = [];
    for await (const result of results) yielded.push(result);
    expect(yielded).toEqual([0, 1, 2]);
  });

  it('ends with the first failure, and the others’ are heard by nobody', async () => {
    const results = inOrder([1, 2, 3, 4], 2, (number) => Promise.reject(new Error(`item ${number}`)));

    await expect(results.next()).rejects.toThrow('item 1');
  });
});

describe('a finding id', () => {
  const one = seededId(1);
  const other = `${one.slice(0, 8)}${'0'.repeat(24)}`;

  it('that is whole ends the search on its day', async () => {
    const { evidence } = evidenceOf({
      '2026-11-21': [`${one}.isolated`, `${one}~0123456789abcdef.alerted`],
      '2026-11-20': [`${one}.refused`],
    });

    const found = await findRecordNames(one, evidence);
    expect(found.map(({ outcome }) => outcome)).toEqual(['isolated', 'alerted']);
  });

  it('that is cut finds the findings of every day, so that nobody takes the newest for the one meant', async () => {
    const { evidence } = evidenceOf({
      '2026-11-21': [`${one}.isolated`],
      '2026-11-01': [`${other}.isolated`],
    });

    const found = await findRecordNames(one.slice(0, 8), evidence);
    expect(found.map(({ findingId }) => findingId)).toEqual([one, other]);
  });
});
