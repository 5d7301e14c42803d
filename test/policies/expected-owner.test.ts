import { describe, expect, it } from 'vitest';
import { keptAwsCalls } from '../support/aws-calls.ts';

const calls = keptAwsCalls().filter(({ service }) => service === 's3');

describe('the calls to S3 that the integration tests made', () => {
  it('are known: run all tests, for alone this has nothing to go by', () => {
    expect(calls.length).toBeGreaterThan(30);
  });

  it('say whose bucket they expect', () => {
    // After a denial a second look tells a wrong owner from other causes: it asks the same without one.
    const isSecondLook = ({ operation, on }: (typeof calls)[number]) =>
      operation === 'HeadBucket' && on === 'source';

    const silent = calls.filter((call) => call.expectedOwner === undefined && !isSecondLook(call));

    expect(silent).toEqual([]);
  });

  it('expect the isolation bucket to be of the account that isolates', () => {
    const wrong = calls.filter(({ on, role, expectedOwner }) => {
      const right = role === 'worker' ? 'own' : 'isolation';
      return on === 'isolation' && expectedOwner !== right;
    });

    // A worker whose QUEUE_URL names another account takes that account for its own. S3 refuses its first calls, and it
    // makes no others (test/integration/wrong-places.test.ts).
    const isFirst = ({ expectedOwner, operation, prefix = '', role }: (typeof calls)[number]) =>
      role === 'worker' &&
      expectedOwner === 'other' &&
      (operation === 'HeadBucket' ||
        (['GetObject', 'PutObject'].includes(operation) && prefix.startsWith('control/')));
    expect(wrong.filter((call) => !isFirst(call))).toEqual([]);
    for (const { operation, prefix } of wrong) {
      const right = { operation, on: 'isolation', role: 'worker', expectedOwner: 'own' };
      expect(calls).toContainEqual(expect.objectContaining({ ...right, ...(prefix && { prefix }) }));
    }
  });

  it('expect a source bucket to be of the account whose role asks', () => {
    // A finding about another account, whose role is not assumed, is looked at until S3 denies it.
    const looks = ['GetBucketRequestPayment', 'GetObject', 'HeadBucket', 'HeadObject'];
    const others = calls.filter(({ on, expectedOwner }) => on === 'source' && expectedOwner === 'other');

    expect(others.filter(({ operation }) => !looks.includes(operation))).toEqual([]);
    for (const { operation } of others) {
      expect(calls).toContainEqual(
        expect.objectContaining({ operation, on: 'source', role: 'worker', expectedOwner: 'own' }),
      );
    }
  });

  it('expect the source of a copy to be of the account whose role asks', () => {
    const copies = calls.filter(({ isCopy }) => isCopy);

    expect(copies.length).toBeGreaterThan(5);
    expect(copies.filter(({ expectedSourceOwner }) => expectedSourceOwner !== 'own')).toEqual([]);
  });
});
