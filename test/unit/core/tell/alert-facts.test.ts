import { describe, expect, it } from 'vitest';
import type { IsolationResult, Rehearsal } from '../../../../src/core/isolation.ts';
import type { AlertInput } from '../../../../src/core/tell/alert-input.ts';
import { alertFor } from '../../../../src/core/tell/alert-text.ts';
import { finding, flaggedObject } from '../../../support/findings.ts';

const base: AlertInput = {
  outcome: { name: 'alerted' },
  isolationBucket: 'isolation',
  messageId: 'm1',
};
const factsOf = (more: Partial<AlertInput>) => JSON.parse(alertFor({ ...base, ...more }).json) as object;

const isolation: IsolationResult = {
  outcome: { name: 'retained', reason: 'retries-exhausted', lastError: 'SlowDown' },
  source: { sizeBytes: 7, replicationStatus: 'COMPLETED' },
  copy: {
    key: 'objects/copy@v1',
    madeNow: true,
    provenance: {
      findingId: 'f1',
      sourceETag: 'e',
      sizeBytes: 7,
      checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' },
      isolatedAt: '2026-11-20T20:00:00.000Z',
      serviceVersion: '1.2.3',
      leftBehind: ['tags'],
    },
  },
  removal: {
    kind: 'retained',
    reason: 'retries-exhausted',
    removedVersions: ['v0'],
    remainingVersions: ['v1', 'v2'],
    uncomparedVersions: ['v2'],
    markerVersionId: 'm',
  },
  fence: { fence: 'tagged', at: new Date(0), unfencedVersions: ['v3'] },
};
const rehearsal: Rehearsal = {
  expected: { name: 'refused', reason: 'access-denied' },
  wouldRemove: ['v1'],
  read: { object: true, versions: false, tags: false },
};

describe('the JSON of an alert', () => {
  it('tells everything that is known', () => {
    const facts = factsOf({
      finding: finding({
        object: flaggedObject({ versionId: 'v1' }),
        detectionsOmitted: 4,
        request: { who: 'jane', why: 'case 4711' },
      }),
      outcome: isolation.outcome,
      isolation,
      decision: {
        action: 'isolate',
        rule: 'tables',
        policy: '0123456789abcdef',
        exception: { name: 'hold', reason: 'litigation' },
        missing: 'objectTag',
      },
      recordKey: 'records/r',
    });

    expect(facts).toStrictEqual({
      outcome: 'retained',
      reason: 'SlowDown',
      summary: 'Copied, but the source may still be there (retries-exhausted)',
      severity: 'High',
      finding_id: finding().id,
      finding_type: 'SensitiveData:S3Object/Multiple',
      finding_created_at: '2026-11-20T19:46:53.031Z',
      detections: ['managed:NAME:2', 'custom:employee-id:3'],
      detections_omitted: 4,
      account_id: '444455556666',
      region: 'us-east-1',
      bucket: 'member-data',
      key: flaggedObject().key,
      version_id: 'v1',
      isolation_bucket: 'isolation',
      isolation_key: 'objects/copy@v1',
      remaining_versions: ['v1', 'v2'],
      uncompared_versions: ['v2', 'v3'],
      fence: 'tagged',
      hidden_by_delete_marker: 'm',
      replication_status: 'COMPLETED',
      properties_left_behind: ['tags'],
      policy_rule: 'tables',
      policy_hash: '0123456789abcdef',
      policy_exception: 'hold',
      policy_reason: 'litigation',
      policy_missing: 'objectTag',
      requested_by: 'jane',
      request_reason: 'case 4711',
      readable: 'unknown',
      record: 'records/r',
      message_id: 'm1',
    });
  });

  it('tells what a dry run saw, and what it could not read', () => {
    const outcome = { name: 'dry_run' } as const;

    expect(
      factsOf({ outcome, isolation: { rehearsal }, intendedIsolationKey: 'objects/x@v1' }),
    ).toStrictEqual({
      outcome: 'dry_run',
      summary: 'Dry run: would end as refused (access-denied)',
      isolation_bucket: 'isolation',
      would_be_isolation_key: 'objects/x@v1',
      expected_outcome: 'refused',
      expected_reason: 'access-denied',
      would_remove_versions: ['v1'],
      could_not_read: ['versions', 'tags'],
      readable: 'unknown',
      message_id: 'm1',
    });
  });

  it('has no empty lists', () => {
    const outcome = { name: 'dry_run' } as const;
    const seen: Rehearsal = { expected: { name: 'isolated' }, wouldRemove: [], read: { object: true } };

    expect(factsOf({ outcome, isolation: { rehearsal: seen } })).toStrictEqual({
      outcome: 'dry_run',
      summary: 'Dry run: object would be isolated',
      isolation_bucket: 'isolation',
      expected_outcome: 'isolated',
      readable: 'yes',
      message_id: 'm1',
    });
  });

  it('tells of a message that nothing is known of only what became of it', () => {
    expect(factsOf({ outcome: { name: 'rejected', reason: 'not-json' } })).toStrictEqual({
      outcome: 'rejected',
      reason: 'not-json',
      summary: 'Message rejected (not-json)',
      isolation_bucket: 'isolation',
      readable: 'unknown',
      message_id: 'm1',
    });
  });
});
