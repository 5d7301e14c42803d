import { describe, expect, it } from 'vitest';
import { readStoredRecord, type StoredRecord } from '../../../../src/core/evidence/stored-record.ts';
import type { IsolationResult, Provenance } from '../../../../src/core/isolation.ts';
import type { Outcome } from '../../../../src/core/outcome.ts';
import { alertAgain } from '../../../../src/core/tell/alert-again.ts';
import { alertFor } from '../../../../src/core/tell/alert-text.ts';
import { everyOutcome } from '../../../support/every-outcome.ts';
import { finding } from '../../../support/findings.ts';
import { seededRecord } from '../../../support/seeded-records.ts';

const decision = { action: 'isolate', rule: 'tables', policy: '0123456789abcdef' } as const;

function compare(outcome: Outcome, isolation?: IsolationResult) {
  const about = finding();
  const more = { outcome, decision, ...(isolation && { isolation }) };
  const { json, key } = seededRecord({ ...more, finding: about });
  const first = alertFor({
    ...more,
    finding: about,
    isolationBucket: 'isolation',
    recordKey: key,
    messageId: '6c8f0a3e',
  });
  return { first, again: alertAgain(key, readStoredRecord(json) as StoredRecord, 'isolation') };
}

describe('an alert that is sent again from its record', () => {
  it.each(everyOutcome.map((outcome) => [JSON.stringify(outcome), outcome] as const))(
    'is the alert that failed: %s',
    (_, outcome) => {
      const { again, first } = compare(outcome);

      expect(again).toEqual(first);
    },
  );

  it('names the copy, what is left and what hides the object', () => {
    const provenance: Provenance = {
      findingId: 'a',
      sourceETag: 'b',
      sizeBytes: 1,
      checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' },
      isolatedAt: '2026-11-20T19:46:53.031Z',
      serviceVersion: '1.2.3',
      leftBehind: ['tags'],
    };
    const outcome = { name: 'retained', reason: 'locked' } as const;
    const { again, first } = compare(outcome, {
      outcome,
      copy: { key: 'objects/1/b/k@e', provenance, madeNow: true },
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

  it('keeps the code of the last error', () => {
    const { again, first } = compare({ name: 'refused', reason: 'retries-exhausted', lastError: 'SlowDown' });

    expect(again).toEqual(first);
  });

  it('is none of an outcome that this version does not know', () => {
    const record = readStoredRecord('{"finding_id":"a","outcome":"quarantined"}') as StoredRecord;

    expect(alertAgain('records/x', record, 'isolation')).toBeUndefined();
  });
});
