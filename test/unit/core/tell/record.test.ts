import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceRecord, type RecordInput } from '../../../../src/core/tell/record.ts';
import { arbitraryFinding, arbitraryVersionId } from '../../../support/arbitrary-findings.ts';
import { everyOutcome } from '../../../support/every-outcome.ts';
import { fakeChecksum, storedObject } from '../../../support/fake-stored-object.ts';
import {
  finding,
  flaggedBytes,
  flaggedETag,
  flaggedKey,
  flaggedObject,
  message,
} from '../../../support/findings.ts';

const at = (time: string) => new Date(`2026-11-20T${time}Z`);

function input(overrides: Partial<RecordInput> = {}): RecordInput {
  return {
    finding: finding(),
    outcome: { name: 'isolated' },
    isolationBucket: 'isolation',
    alert: 'sent',
    message: message(),
    receivedAt: at('19:47:00'),
    recordedAt: at('19:47:05'),
    serviceVersion: '1.2.3',
    ...overrides,
  };
}

const source = storedObject(flaggedBytes, { versionId: 'v3', replicationStatus: 'COMPLETED' });
const isolated = input({
  finding: finding({ object: flaggedObject({ versionId: 'v3' }) }),
  decision: { action: 'isolate', rule: 'high-severity' },
  isolation: {
    outcome: { name: 'isolated' },
    source,
    copy: {
      key: 'objects/x@v3',
      provenance: {
        findingId: 'another',
        sourceETag: flaggedETag,
        sourceVersionId: 'v3',
        sizeBytes: source.sizeBytes,
        checksum: fakeChecksum(flaggedBytes, 'CRC64NVME'),
        isolatedAt: '2026-11-20T19:47:01.000Z',
        serviceVersion: '1.2.3',
        leftBehind: ['tags'],
      },
      madeNow: true,
      tagsCopied: false,
    },
    removal: {
      kind: 'removed',
      removedVersions: ['v1', 'v3'],
      remainingVersions: ['v2'],
      uncomparedVersions: ['v2'],
      markerVersionId: 'v4',
    },
    removedAt: at('19:46:58.031'),
  },
});

describe('evidenceRecord', () => {
  it('says what was flagged, what was copied, what was removed and who was told', () => {
    expect(evidenceRecord(isolated)).toEqual({
      record_version: 2,
      finding_id: finding().id,
      outcome: 'isolated',
      reason: null,
      finding_type: 'SensitiveData:S3Object/Multiple',
      severity: 'High',
      finding_created_at: '2026-11-20T19:46:53.031Z',
      detections: ['managed:NAME:2', 'custom:employee-id:3'],
      detections_omitted: 0,
      account_id: '444455556666',
      region: 'us-east-1',
      bucket: 'member-data',
      key: flaggedKey,
      version_id: 'v3',
      etag: flaggedETag,
      size_bytes: source.sizeBytes,
      source_version_id: 'v3',
      source_last_modified: '2026-11-19T08:00:00.000Z',
      source_storage_class: 'STANDARD',
      source_replication_status: 'COMPLETED',
      isolation_bucket: 'isolation',
      isolation_key: 'objects/x@v3',
      copy_made_now: true,
      tags_added: [],
      tags_copied: false,
      properties_left_behind: ['tags'],
      checksum_algorithm: 'CRC64NVME',
      checksum: fakeChecksum(flaggedBytes, 'CRC64NVME').value,
      checksum_type: 'FULL_OBJECT',
      copied_for_finding_id: 'another',
      removed_versions: ['v1', 'v3'],
      remaining_versions: ['v2'],
      uncompared_versions: ['v2'],
      fence: null,
      delete_marker_version_id: 'v4',
      policy_action: 'isolate',
      policy_rule: 'high-severity',
      policy_hash: null,
      policy_version: null,
      policy_exception: null,
      policy_reason: null,
      policy_missing: null,
      origin: 'eventbridge',
      expected_outcome: null,
      expected_reason: null,
      would_remove_versions: [],
      could_read_object: null,
      could_read_versions: null,
      could_read_tags: null,
      not_tried: [],
      alert_result: 'sent',
      message_id: message().id,
      receive_count: 1,
      sent_at: '2026-11-20T19:46:54.000Z',
      received_at: '2026-11-20T19:47:00.000Z',
      removed_at: '2026-11-20T19:46:58.031Z',
      removed_not_before: null,
      removed_not_after: null,
      recorded_at: '2026-11-20T19:47:05.000Z',
      finding_to_removal_seconds: 5,
      service_version: '1.2.3',
    });
  });

  it('has every column for every outcome, null or empty where it does not apply', () => {
    const bare = evidenceRecord(
      input({
        finding: { id: 'f1', createdAt: at('19:00:00') },
        outcome: { name: 'ignored', reason: 'sample' },
      }),
    );

    const told = {
      record_version: 2,
      finding_id: 'f1',
      outcome: 'ignored',
      reason: 'sample',
      finding_created_at: '2026-11-20T19:00:00.000Z',
      detections: [],
      properties_left_behind: [],
      tags_added: [],
      detections_omitted: 0,
      removed_versions: [],
      remaining_versions: [],
      uncompared_versions: [],
      would_remove_versions: [],
      not_tried: [],
      origin: 'eventbridge',
      alert_result: 'sent',
      message_id: message().id,
      receive_count: 1,
      sent_at: '2026-11-20T19:46:54.000Z',
      received_at: '2026-11-20T19:47:00.000Z',
      recorded_at: '2026-11-20T19:47:05.000Z',
      service_version: '1.2.3',
    };
    const empty = Object.keys(evidenceRecord(isolated)).map((name) => [name, null]);
    expect(bare).toStrictEqual({ ...Object.fromEntries(empty), ...told });
  });

  it('is flat: values are scalars or lists of strings', () => {
    for (const value of Object.values(evidenceRecord(isolated))) {
      const list = Array.isArray(value) ? value : [value];
      for (const entry of list) expect(entry === null || typeof entry !== 'object').toBe(true);
    }
  });

  it('has snake_case names', () => {
    for (const name of Object.keys(evidenceRecord(isolated))) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  it('names where the copy would lie where none was made', () => {
    const record = evidenceRecord(
      input({ outcome: { name: 'dry_run' }, intendedIsolationKey: 'objects/y@v1' }),
    );

    expect(record).toMatchObject({
      isolation_bucket: 'isolation',
      isolation_key: 'objects/y@v1',
      copy_made_now: null,
    });
  });

  it('takes size and version from the finding and the copy where the source was not seen', () => {
    const { source: _, ...unseen } = isolated.isolation ?? { outcome: isolated.outcome };
    const object = flaggedObject({ sizeBytes: 7 });

    expect(evidenceRecord(input({ finding: finding({ object }), isolation: unseen }))).toMatchObject({
      size_bytes: 7,
      source_version_id: 'v3',
    });
  });

  it('takes size and version from the source where it was seen, whatever the finding says', () => {
    const seen = { outcome: isolated.outcome, source: storedObject(flaggedBytes, { versionId: 'v3' }) };
    const object = flaggedObject({ sizeBytes: 7 });

    expect(evidenceRecord(input({ finding: finding({ object }), isolation: seen }))).toMatchObject({
      size_bytes: Buffer.byteLength(flaggedBytes),
      source_version_id: 'v3',
    });
  });

  it('has no date of a source that shows none', () => {
    const undated = { outcome: isolated.outcome, source: storedObject('', { lastModified: undefined }) };

    expect(evidenceRecord(input({ isolation: undated })).source_last_modified).toBeNull();
  });

  it("gives the last error's name as reason", () => {
    const outcome = { name: 'refused', reason: 'retries-exhausted', lastError: 'SlowDown' } as const;

    expect(evidenceRecord(input({ outcome })).reason).toBe('SlowDown');
  });

  it('reads back from its JSON as it was, for whatever was found, and however it ended', () => {
    const versions = fc.array(arbitraryVersionId, { maxLength: 3 });
    const removal = fc.record({
      kind: fc.constant('removed' as const),
      removedVersions: versions,
      remainingVersions: versions,
      uncomparedVersions: versions,
    });
    const outcome = fc.constantFrom(...everyOutcome);

    fc.assert(
      fc.property(arbitraryFinding, outcome, fc.option(removal), (about, ended, touched) => {
        const isolation = { ...isolated.isolation, outcome: ended, ...(touched && { removal: touched }) };
        const record = evidenceRecord(input({ finding: about, outcome: ended, isolation }));

        const json = JSON.stringify(record);
        expect(JSON.parse(json)).toEqual(record);
        expect(json).not.toContain('\n');
        expect(record).toMatchObject({
          finding_id: about.id,
          key: about.object.key,
          finding_created_at: about.createdAt.toISOString(),
        });
      }),
    );
  });

  it('says within which time the bytes were removed where the moment is not known', () => {
    const removedBetween = { notBefore: at('19:46:55'), notAfter: at('19:46:59.031') };
    const outcome = { name: 'isolated' } as const;

    expect(evidenceRecord(input({ isolation: { outcome, removedBetween } }))).toMatchObject({
      removed_at: null,
      removed_not_before: '2026-11-20T19:46:55.000Z',
      removed_not_after: '2026-11-20T19:46:59.031Z',
      finding_to_removal_seconds: 6,
    });
  });
});
