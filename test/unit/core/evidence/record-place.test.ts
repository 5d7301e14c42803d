import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isolationKey, recordKey, sharedRecordKey } from '../../../../src/core/evidence/keys.ts';
import { placeOfRecord, recordExists } from '../../../../src/core/evidence/record-place.ts';
import { evidenceRecord } from '../../../../src/core/tell/record.ts';
import { arbitraryObject } from '../../../support/arbitrary-findings.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { finding, flaggedObject, flaggedVersion, message } from '../../../support/findings.ts';

const isolated = { name: 'isolated' } as const;

function recordOf(about: Parameters<typeof evidenceRecord>[0]['finding']): string {
  const at = new Date('2026-11-20T19:47:00Z');
  return JSON.stringify(
    evidenceRecord({
      finding: about,
      outcome: isolated,
      isolationBucket: 'isolation',
      alert: 'sent',
      message: message(),
      receivedAt: at,
      recordedAt: at,
      serviceVersion: '1.2.3',
    }),
  );
}

describe('recordExists', () => {
  it('looks for the record of this very outcome', async () => {
    const { isolation } = createFakeWorld();
    isolation.place(recordKey(finding(), isolated), recordOf(finding()));

    expect(await recordExists(isolation, finding(), isolated)).toBe(true);
    expect(await recordExists(isolation, finding(), { name: 'changed' })).toBe(false);
  });

  it('looks for the record of this very object, for any two objects under one finding id', async () => {
    const pair = fc.tuple(arbitraryObject, arbitraryObject);
    await fc.assert(
      fc.asyncProperty(pair, async ([one, other]) => {
        const { isolation } = createFakeWorld();
        isolation.place(recordKey(finding(), isolated), recordOf(finding({ object: one })));
        const isSame = isolationKey(one, 0) === isolationKey(other, 0);

        expect(await recordExists(isolation, finding({ object: one }), isolated)).toBe(true);
        expect(await recordExists(isolation, finding({ object: other }), isolated)).toBe(isSame);
      }),
    );
  });
});

describe('the place of a record', () => {
  const second = finding({ object: flaggedObject({ key: 'another.csv' }) });

  it('is the usual one where nothing or the record of this object is there', async () => {
    const { isolation, log } = createFakeWorld();
    const key = recordKey(finding(), isolated);

    expect(await placeOfRecord(isolation, finding(), isolated)).toStrictEqual({ key, exists: false });
    isolation.place(key, recordOf(finding()));
    expect(await placeOfRecord(isolation, finding(), isolated)).toStrictEqual({ key, exists: true });
    expect(log.names).toStrictEqual(['isolation.get', 'isolation.get']);
  });

  it('has the first 16 digits of the SHA-256 of the isolation key where the record is about another object', async () => {
    const { isolation } = createFakeWorld();
    isolation.place(recordKey(finding(), isolated), recordOf(finding()));
    const hash = createHash('sha256').update(isolationKey(second.object, 0)).digest('hex').slice(0, 16);
    const key = `records/dt=2026-11-20/${finding().id}~${hash}.isolated.json`;

    expect(await placeOfRecord(isolation, second, isolated)).toStrictEqual({ key, exists: false });
    isolation.place(key, recordOf(second));
    expect(await placeOfRecord(isolation, second, isolated)).toStrictEqual({ key, exists: true });
  });

  it.each(['no JSON', '{}', 'null', '[]', '7'])(
    'is a second key if the first key holds no record: %s',
    async (text) => {
      const { isolation } = createFakeWorld();
      isolation.place(recordKey(finding(), isolated), text);

      expect(await placeOfRecord(isolation, finding(), isolated)).toStrictEqual({
        key: sharedRecordKey(finding(), isolated),
        exists: false,
      });
    },
  );

  it('is found again where a finding names no object', async () => {
    const { isolation } = createFakeWorld();
    const { object: _, ...without } = finding();
    isolation.place(recordKey(without, isolated), recordOf(without));

    expect(await recordExists(isolation, without, isolated)).toBe(true);
    expect(await recordExists(isolation, finding(), isolated)).toBe(false);
  });

  const fields = ['account_id', 'bucket', 'key'] as const;

  it.each(fields)('is that of a finding without object where the record lacks %s', async (field) => {
    const { isolation } = createFakeWorld();
    const { object: _, ...without } = finding();
    const record: unknown = { ...(JSON.parse(recordOf(finding())) as object), [field]: null };
    isolation.place(recordKey(without, isolated), JSON.stringify(record));

    expect(await recordExists(isolation, without, isolated)).toBe(true);
    expect(await recordExists(isolation, finding(), isolated)).toBe(false);
  });

  it.each(['no JSON', '{}'])(
    'is a second key for a finding without object too if the first key holds no record: %s',
    async (text) => {
      const { isolation } = createFakeWorld();
      const { object: _, ...without } = finding();
      isolation.place(recordKey(without, isolated), text);

      expect(await placeOfRecord(isolation, without, isolated)).toStrictEqual({
        key: sharedRecordKey(without, isolated),
        exists: false,
      });
    },
  );

  it.each([null, undefined])(
    'is that of an object without version where the record has %s for it',
    async (none) => {
      const { isolation } = createFakeWorld();
      const record: unknown = { ...(JSON.parse(recordOf(finding())) as object), version_id: none };
      isolation.place(recordKey(finding(), isolated), JSON.stringify(record));

      expect(await recordExists(isolation, finding(), isolated)).toBe(true);
    },
  );

  it.each([
    ['version', flaggedVersion('v1'), flaggedVersion('v2')],
    ['ETag', flaggedObject(), flaggedObject({ eTag: 'f'.repeat(32) })],
    ['identity', flaggedVersion('v1'), flaggedObject()],
  ])('is a second key where the record is about another %s', async (_, one, other) => {
    const { isolation } = createFakeWorld();
    isolation.place(recordKey(finding(), isolated), recordOf(finding({ object: one })));

    expect(await recordExists(isolation, finding({ object: one }), isolated)).toBe(true);
    expect(await recordExists(isolation, finding({ object: other }), isolated)).toBe(false);
  });
});
