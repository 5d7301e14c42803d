import { describe, expect, it } from 'vitest';
import { detectionParts, readStoredRecord } from '../../../../src/core/evidence/stored-record.ts';
import { seededRecord } from '../../../support/seeded-records.ts';

describe('a stored record', () => {
  it('has every field that the worker writes, by its name', () => {
    const written = JSON.parse(seededRecord().json) as Record<string, unknown>;

    expect(readStoredRecord(seededRecord().json)).toEqual(written);
    const empty = readStoredRecord('{"finding_id":"a","outcome":"isolated"}');
    expect(Object.keys(written)).toEqual(expect.arrayContaining(Object.keys(empty ?? {})));
  });

  it('of an earlier version lacks fields, which are null', () => {
    expect(readStoredRecord('{"finding_id":"a","outcome":"isolated","bucket":7}')).toMatchObject({
      bucket: null,
      policy_hash: null,
      origin: 'eventbridge',
      detections: [],
    });
  });

  it.each([undefined, '', '[]', '{"outcome":"isolated"}'])('is not %o', (text) => {
    expect(readStoredRecord(text)).toBeUndefined();
  });

  it.each([
    ['managed:NAME:12', { kind: 'managed', name: 'NAME', count: '12' }],
    ['custom:Patient ID: old:unknown', { kind: 'custom', name: 'Patient ID: old', count: 'unknown' }],
  ])('names a detection: %s', (text, parts) => {
    expect(detectionParts(text)).toEqual(parts);
  });
});
