import { describe, expect, it } from 'vitest';
import { readRecord } from '../../../../src/core/evidence/read-record.ts';

const record = {
  finding_id: 'f1',
  outcome: 'isolated',
  account_id: '444455556666',
  region: 'us-east-1',
  bucket: 'member-data',
  key: 'k',
  version_id: 'v1',
  etag: 'e1',
  size_bytes: 4,
  isolation_key: 'objects/444455556666/member-data/k@v1',
  recorded_at: '2026-11-20T19:47:00.000Z',
};

describe('a record', () => {
  it('says which object it is about, and where the copy of it lies', () => {
    expect(readRecord(JSON.stringify({ ...record, added_later: true }))).toStrictEqual({
      findingId: 'f1',
      outcome: 'isolated',
      recordedAt: '2026-11-20T19:47:00.000Z',
      object: {
        accountId: '444455556666',
        region: 'us-east-1',
        bucket: 'member-data',
        key: 'k',
        versionId: 'v1',
        eTag: 'e1',
        sizeBytes: 4,
      },
      isolationKey: 'objects/444455556666/member-data/k@v1',
      removedVersions: [],
    });
  });

  it('says nothing of what the finding did not name', () => {
    const unknown = { region: null, version_id: null, etag: null, size_bytes: null, isolation_key: null };

    expect(readRecord(JSON.stringify({ ...record, ...unknown }))).toStrictEqual({
      findingId: 'f1',
      outcome: 'isolated',
      recordedAt: '2026-11-20T19:47:00.000Z',
      object: { accountId: '444455556666', bucket: 'member-data', key: 'k' },
      removedVersions: [],
    });
  });

  it.each([
    'no JSON',
    'null',
    ...Object.keys(record).map((name) => JSON.stringify({ ...record, [name]: undefined })),
    ...Object.keys(record).map((name) => JSON.stringify({ ...record, [name]: {} })),
    JSON.stringify({ ...record, account_id: null, bucket: null, key: null }),
  ])('is none, or about no object: %s', (text) => {
    expect(readRecord(text)).toBeUndefined();
  });
});
