import { describe, expect, it } from 'vitest';
import { readStoredRecord, type StoredRecord } from '../../../../src/core/evidence/stored-record.ts';
import type { Finding } from '../../../../src/core/finding.ts';
import type { IsolationResult, Provenance, Rehearsal } from '../../../../src/core/isolation.ts';
import type { Outcome } from '../../../../src/core/outcome.ts';
import type { Decision } from '../../../../src/core/policy/policy.ts';
import { alertAgain } from '../../../../src/core/tell/alert-again.ts';
import { alertFor } from '../../../../src/core/tell/alert-text.ts';
import { everyOutcome } from '../../../support/every-outcome.ts';
import { finding } from '../../../support/findings.ts';
import { seededRecord } from '../../../support/seeded-records.ts';

const byRule: Decision = { action: 'isolate', rule: 'tables', policy: '0123456789abcdef' };

interface More {
  readonly about?: Finding;
  readonly decision?: Decision;
  readonly intendedIsolationKey?: string;
}

function compare(outcome: Outcome, isolation?: Omit<IsolationResult, 'outcome'>, more: More = {}) {
  const { about = finding(), decision = byRule, intendedIsolationKey } = more;
  const input = {
    outcome,
    decision,
    ...(isolation && { isolation: { outcome, ...isolation } }),
    ...(intendedIsolationKey !== undefined && { intendedIsolationKey }),
  };
  const { json, key } = seededRecord({ ...input, finding: about });
  const first = alertFor({
    ...input,
    finding: about,
    isolationBucket: 'isolation',
    recordKey: key,
    messageId: '6c8f0a3e',
  });
  return { first, again: alertAgain(key, readStoredRecord(json) as StoredRecord, 'isolation') };
}

const provenance: Provenance = {
  findingId: 'a',
  sourceETag: 'b',
  sizeBytes: 1,
  checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' },
  isolatedAt: '2026-11-20T19:46:53.031Z',
  serviceVersion: '1.2.3',
  leftBehind: ['tags'],
};
const copy = { key: 'objects/1/b/k@e', provenance, madeNow: true };
const fencedAt = new Date('2026-11-20T19:46:56.031Z');
const retained = {
  kind: 'retained',
  reason: 'locked',
  removedVersions: [],
  remainingVersions: ['v1'],
  uncomparedVersions: [],
} as const;
const readAlertJson = (json: string | undefined) => JSON.parse(json ?? '') as Record<string, unknown>;

describe('an alert that is sent again from its record', () => {
  it.each(everyOutcome.map((outcome) => [JSON.stringify(outcome), outcome] as const))(
    'is the alert that failed: %s',
    (_, outcome) => {
      const { again, first } = compare(outcome);

      expect(again).toEqual(first);
    },
  );

  it('names the copy, what is left and what hides the object', () => {
    const outcome = { name: 'retained', reason: 'locked' } as const;
    const { again, first } = compare(outcome, {
      copy,
      source: { sizeBytes: 1, replicationStatus: 'COMPLETED' },
      removal: {
        kind: 'retained',
        reason: 'locked',
        removedVersions: ['v1'],
        remainingVersions: ['v2'],
        uncomparedVersions: ['v3'],
        markerVersionId: 'm1',
      },
    });

    expect(again).toEqual(first);
  });

  it.each<[string, Outcome, Omit<IsolationResult, 'outcome'>]>([
    [
      'is isolated',
      { name: 'isolated' },
      { copy, removal: { ...retained, kind: 'removed', removedVersions: ['v1'], remainingVersions: [] } },
    ],
    [
      'is isolated, but for versions that nothing compared',
      { name: 'isolated' },
      {
        copy,
        removal: { ...retained, kind: 'removed', removedVersions: ['v1'], uncomparedVersions: ['v2'] },
      },
    ],
    [
      'is isolated, and a replica stays',
      { name: 'isolated' },
      { copy, source: { sizeBytes: 1, replicationStatus: 'COMPLETED' } },
    ],
    ['may still be there: it could not be asked', { name: 'retained', reason: 'delete-denied' }, { copy }],
    [
      'is retained after retries, hidden by a marker',
      { name: 'retained', reason: 'retries-exhausted', lastError: 'SlowDown' },
      { copy, removal: { ...retained, reason: 'retries-exhausted', markerVersionId: 'm1' } },
    ],
    [
      'is hidden by a marker alone',
      { name: 'alerted' },
      { removal: { ...retained, kind: 'untouched', remainingVersions: [], markerVersionId: 'm1' } },
    ],
    [
      'is fenced, and nothing else holds the bytes',
      { name: 'retained', reason: 'locked' },
      { copy, removal: retained, fence: { fence: 'fenced', at: fencedAt, unfencedVersions: [] } },
    ],
    [
      'is fenced, and another version may hold the bytes',
      { name: 'retained', reason: 'locked' },
      { copy, removal: retained, fence: { fence: 'fenced', at: fencedAt, unfencedVersions: ['v2'] } },
    ],
    [
      'is removed but for the flagged version',
      { name: 'retained', reason: 'locked' },
      { copy, removal: { ...retained, removedVersions: ['v0'], remainingVersions: ['v1'] } },
    ],
    [
      'is fenced by a rule',
      { name: 'alerted' },
      { fence: { fence: 'fenced', at: fencedAt, unfencedVersions: [] } },
    ],
    [
      'is tagged, and nobody proved the fence',
      { name: 'refused', reason: 'sse-c' },
      { fence: { fence: 'tagged', at: fencedAt, unfencedVersions: [] } },
    ],
    [
      'could not be fenced',
      { name: 'held', reason: 'rule-limit' },
      { fence: { fence: 'no-room', at: fencedAt, unfencedVersions: [] } },
    ],
  ])('is the alert that failed: the object %s', (_, outcome, isolation) => {
    const { again, first } = compare(outcome, isolation);

    expect(again).toEqual(first);
  });

  it.each<[string, Rehearsal]>([
    [
      'as isolated',
      { expected: { name: 'isolated' }, wouldRemove: ['v1', 'v2'], read: { object: true, tags: false } },
    ],
    [
      'as gone',
      { expected: { name: 'gone', reason: 'source-absent' }, wouldRemove: [], read: { object: true } },
    ],
    [
      'as refused',
      { expected: { name: 'refused', reason: 'access-denied' }, wouldRemove: [], read: { object: false } },
    ],
    [
      'as refused, with nothing read',
      { expected: { name: 'refused', reason: 'cross-region' }, wouldRemove: [], read: {} },
    ],
    [
      'as changed',
      {
        expected: { name: 'changed' },
        wouldRemove: [],
        read: { object: true, tags: false, versions: false },
      },
    ],
  ])('says of a dry run how an isolation would have ended: %s', (_, rehearsal) => {
    const { again, first } = compare(
      { name: 'dry_run' },
      { rehearsal },
      { intendedIsolationKey: 'objects/1/b/k@e' },
    );

    expect(again).toEqual(first);
    expect(readAlertJson(again?.json)).toMatchObject({
      expected_outcome: rehearsal.expected.name,
      would_be_isolation_key: 'objects/1/b/k@e',
    });
  });

  it('names the copy that a dry run found, of a handling that had begun', () => {
    const { again, first } = compare({ name: 'dry_run' }, { copy: { ...copy, madeNow: false } });

    expect(again).toEqual(first);
    expect(again?.email).toContain('An earlier delivery had begun');
  });

  it('names what decided: the exception with its reason, or the fact that was missing', () => {
    const exception = { name: 'case-4711', reason: 'litigation hold' };
    const kept = compare({ name: 'alerted' }, undefined, { decision: { ...byRule, exception } });
    const unsure = compare({ name: 'alerted' }, undefined, {
      decision: { action: 'alert', rule: 'default', missing: 'objectTag' },
    });

    expect(kept.again).toEqual(kept.first);
    expect(unsure.again).toEqual(unsure.first);
    expect(readAlertJson(kept.again?.json)).toMatchObject({ policy_reason: 'litigation hold' });
    expect(readAlertJson(unsure.again?.json)).not.toHaveProperty('policy_hash');
  });

  it('names every detection as it was found', () => {
    const detections = [
      { kind: 'custom', name: 'a:b:3', count: 12 },
      { kind: 'managed', name: 'NAME' },
    ] as const;
    const { again, first } = compare({ name: 'alerted' }, undefined, {
      about: finding({ detections, detectionsOmitted: 7 }),
    });

    expect(again).toEqual(first);
    expect(readAlertJson(again?.json)).toMatchObject({
      detections: ['custom:a:b:3:12', 'managed:NAME:unknown'],
      detections_omitted: 7,
    });
  });

  it('says nothing of what a record does not know', () => {
    const text =
      '{"finding_id":"a","outcome":"alerted","policy_rule":"r","detections":["custom:x:1x","custom:y:x1"]}';
    const record = readStoredRecord(text) as StoredRecord;

    const again = alertAgain('records/x', record, 'isolation');

    const told = readAlertJson(again?.json);
    expect(told).toMatchObject({
      message_id: 'unknown',
      finding_created_at: '1970-01-01T00:00:00.000Z',
      detections: ['custom:x:unknown', 'custom:y:unknown'],
    });
    for (const name of [
      'finding_type',
      'severity',
      'bucket',
      'policy_rule',
      'isolation_key',
      'reason',
      'detections_omitted',
    ])
      expect(told).not.toHaveProperty(name);
  });

  it('names the copy of a record of version 1, which does not say when it was made', () => {
    const text = '{"finding_id":"a","outcome":"isolated","isolation_key":"objects/x@v1"}';
    const record = readStoredRecord(text) as StoredRecord;

    expect(readAlertJson(alertAgain('records/x', record, 'isolation')?.json)).toMatchObject({
      isolation_key: 'objects/x@v1',
    });
  });

  it('names an exception without its reason, and no decision without its rule', () => {
    const again = (text: string) =>
      readAlertJson(alertAgain('records/x', readStoredRecord(text) as StoredRecord, 'isolation')?.json);
    const decided = '"finding_id":"a","outcome":"alerted","policy_action":"alert"';

    expect(again(`{${decided},"policy_rule":"r","policy_exception":"hold"}`)).toMatchObject({
      policy_exception: 'hold',
      policy_reason: '',
    });
    expect(again(`{${decided}}`)).not.toHaveProperty('policy_rule');
  });

  it('says of retries whose last error is not on record only that they are exhausted', () => {
    const record = readStoredRecord('{"finding_id":"a","outcome":"refused"}') as StoredRecord;

    expect(readAlertJson(alertAgain('records/x', record, 'isolation')?.json)).toMatchObject({
      reason: 'retries-exhausted',
      readable: 'unknown',
    });
  });

  it('takes the time of the record for that of a finding whose own is not on record', () => {
    const text = '{"finding_id":"a","outcome":"alerted","recorded_at":"2026-11-20T19:46:53.031Z"}';
    const record = readStoredRecord(text) as StoredRecord;

    expect(readAlertJson(alertAgain('records/x', record, 'isolation')?.json)).toMatchObject({
      finding_created_at: '2026-11-20T19:46:53.031Z',
    });
  });

  it('keeps the code of the last error', () => {
    const { again, first } = compare({ name: 'refused', reason: 'retries-exhausted', lastError: 'SlowDown' });

    expect(again).toEqual(first);
  });

  it('is none of an outcome that this version does not know', () => {
    const record = readStoredRecord('{"finding_id":"a","outcome":"quarantined"}') as StoredRecord;

    expect(alertAgain('records/x', record, 'isolation')).toBeUndefined();
  });
});
