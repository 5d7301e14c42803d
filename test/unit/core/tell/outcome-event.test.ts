import { describe, expect, it } from 'vitest';
import { type Outcome, outcomes, readableAfter, reasonText } from '../../../../src/core/outcome.ts';
import { detailTypeOf, outcomeEventSchema } from '../../../../src/core/outcome-event.ts';
import { eventAbout, eventWithoutRecord } from '../../../../src/core/tell/outcome-event.ts';
import { evidenceRecord, type RecordInput } from '../../../../src/core/tell/record.ts';
import { everyOutcome } from '../../../support/every-outcome.ts';
import { finding } from '../../../support/findings.ts';

const at = new Date('2026-11-20T20:00:00.000Z');

function eventOf(outcome: Outcome, overrides: object = {}) {
  const input: RecordInput = {
    finding: finding(),
    outcome,
    isolationBucket: 'isolation',
    alert: 'sent',
    message: { id: 'm1', receiveCount: 1, sentAt: at },
    receivedAt: at,
    recordedAt: at,
    serviceVersion: '1.2.3',
  };
  return eventAbout('records/a.json', JSON.stringify({ ...evidenceRecord(input), ...overrides }));
}

describe('the event of an outcome', () => {
  it.each(everyOutcome)('$name $reason says what the table of outcomes says', (outcome) => {
    const event = eventOf(outcome, { remaining_versions: ['v1'] });

    expect(outcomeEventSchema.strict().safeParse(event).error).toBeUndefined();
    expect(event).toMatchObject({ outcome: outcome.name, reason: reasonText(outcome) ?? null });
    if (outcome.name !== 'dry_run') expect(event?.readable).toBe(readableAfter(outcome));
    expect(event && detailTypeOf(event)).toBe(outcomes[outcome.name].detailType);
  });

  it('has a detail-type of its own for each outcome', () => {
    const types = Object.values(outcomes).map(({ detailType }) => detailType);

    expect(new Set(types).size).toBe(types.length);
    // Rules of users match these words.
    for (const type of types) expect(type).toMatch(/^(Object|Finding)( [A-Z][a-z]+)+$/);
  });

  it.each([
    [{ name: 'isolated' }, { uncompared_versions: ['v1'] }, 'unknown'],
    [{ name: 'isolated' }, { source_replication_status: 'COMPLETED' }, 'unknown'],
    [{ name: 'isolated' }, { source_replication_status: undefined }, 'no'],
    [{ name: 'already_isolated' }, { uncompared_versions: ['v1'] }, 'unknown'],
    [{ name: 'already_isolated' }, { could_read_object: false }, 'unknown'],
    [{ name: 'changed' }, {}, 'no'],
    [{ name: 'changed' }, { uncompared_versions: ['v1'] }, 'unknown'],
    [{ name: 'held', reason: 'rule-limit' }, { reason: 'a reason of a later version' }, 'unknown'],
    [{ name: 'retained', reason: 'locked' }, { fence: 'fenced' }, 'no'],
    [{ name: 'retained', reason: 'locked' }, { fence: 'fenced', could_read_object: false }, 'unknown'],
    [{ name: 'alerted' }, { fence: 'fenced', could_read_object: false }, 'unknown'],
    [{ name: 'retained', reason: 'locked' }, { fence: 'tagged', remaining_versions: ['v1'] }, 'yes'],
    [{ name: 'retained', reason: 'locked' }, { fence: 'open', remaining_versions: ['v1'] }, 'yes'],
    [{ name: 'retained', reason: 'delete-denied' }, {}, 'unknown'],
    [{ name: 'retained', reason: 'delete-denied' }, { removed_versions: ['v0'] }, 'unknown'],
    [{ name: 'alerted' }, { fence: 'fenced', uncompared_versions: ['v1'] }, 'unknown'],
    [{ name: 'dry_run' }, {}, 'unknown'],
    [
      { name: 'dry_run' },
      {
        expected_outcome: 'refused',
        expected_reason: 'access-denied',
        fence: 'fenced',
        could_read_object: false,
      },
      'unknown',
    ],
    [{ name: 'dry_run' }, { expected_outcome: 'isolated' }, 'yes'],
    [{ name: 'dry_run' }, { expected_outcome: 'gone', expected_reason: 'source-absent' }, 'no'],
    [{ name: 'dry_run' }, { expected_outcome: 'refused', expected_reason: 'unverifiable-size' }, 'yes'],
    [{ name: 'dry_run' }, { expected_outcome: 'constructor' }, 'unknown'],
    [{ name: 'refused', reason: 'sse-c' }, { reason: 'SlowDown' }, 'unknown'],
  ] as const)('of %o with %o is readable: %s', (outcome, overrides, readable) => {
    expect(eventOf(outcome, overrides)?.readable).toBe(readable);
  });

  it('describes each of its fields in a sentence', () => {
    for (const [name, field] of Object.entries(outcomeEventSchema.shape)) {
      expect(field.meta()?.description, name).toMatch(/^[A-Z`].{10,}\.$/);
    }
  });

  it.each([
    { version: '2' },
    { version: null },
    { outcome: 'lost' },
    { readable: 'perhaps' },
    { readable: null },
    { fence: 'closed' },
    { id: null },
    { detections: null },
    { removed_versions: null },
    { recorded_at: null },
  ])('has no other values than its schema says: %j', (other) => {
    const event = eventOf({ name: 'isolated' });

    expect(outcomeEventSchema.safeParse({ ...event, ...other }).success).toBe(false);
  });

  it('counts versions, for a key may have more than an event has room for', () => {
    const versions = Array.from({ length: 20_000 }, (_, index) => `version-${index}-${'x'.repeat(32)}`);
    const event = eventOf({ name: 'isolated' }, { removed_versions: versions, remaining_versions: versions });

    expect(event).toMatchObject({
      removed_versions: 20_000,
      remaining_versions: 20_000,
      uncompared_versions: 0,
    });
    expect(eventOf({ name: 'isolated' }, { uncompared_versions: ['v1'] })?.uncompared_versions).toBe(1);
    expect(JSON.stringify(event).length).toBeLessThan(4_000);
  });

  it('can be made of a record of version 1, which lacks columns', () => {
    const {
      origin: _,
      policy_hash: __,
      detections_omitted: ___,
      detections: ____,
      uncompared_versions: _____,
      ...record
    } = evidenceRecordOf();
    const event = eventAbout('records/a.json', JSON.stringify({ ...record, record_version: 1 }));

    expect(event).toMatchObject({
      origin: 'eventbridge',
      policy_hash: null,
      detections: [],
      detections_omitted: 0,
      uncompared_versions: 0,
    });
  });

  it.each(['', 'not json', 'null', '"text"', '{}', '{"outcome":"invented"}'])('is none for %j', (json) => {
    expect(eventAbout('records/a.json', json)).toBeUndefined();
  });

  it('of a message without a finding names the message', () => {
    const event = eventWithoutRecord(
      { name: 'rejected', reason: 'not-json' },
      { messageId: 'm1', at, serviceVersion: '1.2.3' },
    );

    expect(event).toMatchObject({
      id: 'messages/m1',
      outcome: 'rejected',
      reason: 'not-json',
      readable: 'unknown',
      finding_id: null,
      bucket: null,
      recorded_at: '2026-11-20T20:00:00.000Z',
      service_version: '1.2.3',
    });
  });

  it('of a message without a finding has no reason where its outcome has none', () => {
    const about = { messageId: 'm1', at, serviceVersion: '1.2.3' };

    expect(eventWithoutRecord({ name: 'changed' }, about)).toMatchObject({
      outcome: 'changed',
      reason: null,
    });
  });
});

function evidenceRecordOf(): Record<string, unknown> {
  return evidenceRecord({
    finding: finding(),
    outcome: { name: 'isolated' },
    isolationBucket: 'isolation',
    alert: 'sent',
    message: { id: 'm1', receiveCount: 1, sentAt: at },
    receivedAt: at,
    recordedAt: at,
    serviceVersion: '0.1.0',
  });
}
