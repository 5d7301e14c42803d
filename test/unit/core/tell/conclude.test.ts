import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../../src/core/errors.ts';
import { recordKey, sharedRecordKey } from '../../../../src/core/evidence/keys.ts';
import { handleFinding } from '../../../../src/core/handle-finding.ts';
import type { Outcome } from '../../../../src/core/outcome.ts';
import { conclude, type Ending } from '../../../../src/core/tell/conclude.ts';
import { createFakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, message, messageAbout } from '../../../support/findings.ts';

const fail = () => {
  throw new RetryableError('SlowDown', 'later');
};
const isolated: Outcome = { name: 'isolated' };
const copy = {
  key: 'objects/1/b/k@e',
  madeNow: false,
  provenance: {
    findingId: finding().id,
    sourceETag: 'e',
    sizeBytes: 1,
    checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' },
    isolatedAt: '2026-11-20T19:46:53.031Z',
    serviceVersion: '1.2.3',
  },
} as const;

function arrange(ending: Ending, receiveCount = 1) {
  const world = createFakeWorld();
  const reached: Outcome[] = [];
  const observer = {
    ...world.ports.observer,
    outcomeReached: (_: unknown, outcome: Outcome) => void reached.push(outcome),
  };
  const end = () =>
    conclude(ending, message({ receiveCount }), new Date(0), { ...world.ports, observer }, handleSettings());
  return { world, reached, end };
}

describe('the end of a handling', () => {
  it('says whether this handling or an earlier delivery wrote the record', async () => {
    const ending = { outcome: { name: 'alerted' }, finding: finding() } as const;
    const { end } = arrange(ending);

    const first = await end();
    expect(first).toMatchObject({ recorded: true });
    expect(first).not.toHaveProperty('recordedBefore');
    expect(await end()).toMatchObject({ recorded: false, recordedBefore: true });
  });

  it('wrote the record also where a retry of the call finds what its first attempt wrote', async () => {
    const ending = { outcome: { name: 'alerted' }, finding: finding() } as const;
    const { world } = arrange(ending);
    const { isolationBucket } = world.ports;
    const retried = {
      ...isolationBucket,
      async put(key: string, json: string) {
        await isolationBucket.put(key, json);
        return isolationBucket.put(key, json);
      },
    };
    const ports = { ...world.ports, isolationBucket: retried };

    expect(await conclude(ending, message(), new Date(0), ports, handleSettings())).toMatchObject({
      recorded: true,
      record: { key: recordKey(finding(), ending.outcome) },
    });
  });

  it('is reported before anybody is told', async () => {
    const { end, reached, world } = arrange({ outcome: { name: 'alerted' }, finding: finding() });
    world.log.on({ at: 'alerts.publish', before: fail });

    await expect(end()).rejects.toMatchObject({ code: 'AlertFailed' });
    expect(reached).toStrictEqual([{ name: 'alerted' }]);
  });

  it('is on record at the last receive also where earlier records and notes cannot be read', async () => {
    const ending = { outcome: isolated, finding: finding(), isolation: { outcome: isolated, copy } };
    const { end, world } = arrange(ending, 20);
    world.log.on({ at: 'isolation.get', before: fail });

    expect(await end()).toMatchObject({ recorded: true, alert: 'sent', settlement: { by: 'delete' } });
    expect(world.records()['isolated']).toMatchObject({ isolation_key: copy.key });
  });

  it('comes again before the last receive where earlier records cannot be read', async () => {
    const ending = { outcome: isolated, finding: finding(), isolation: { outcome: isolated, copy } };
    const { end, world } = arrange(ending, 19);
    world.log.on({ at: 'isolation.get', before: fail });

    await expect(end()).rejects.toMatchObject({ code: 'SlowDown' });
    expect(world.alerts).toStrictEqual([]);
  });

  it('of a message without a finding has an alert and no record', async () => {
    const { end, world } = arrange({ outcome: { name: 'rejected', reason: 'not-json' } });

    expect(await end()).toMatchObject({ recorded: false, alert: 'sent' });
    expect(world.keys('records/')).toStrictEqual([]);
  });

  it.each([
    ['is told again, since the earlier alert may not name the marker', { markerVersionId: 'm1' }, 2],
    ['is told once where no marker hides it', {}, 1],
  ])('of an object that stays although it is on record: %s', async (_, marker, alerts) => {
    const outcome = { name: 'retained', reason: 'locked' } as const;
    const versions = { removedVersions: [], remainingVersions: ['v1'], uncomparedVersions: [] };
    const removal = { kind: 'retained', reason: 'locked', ...versions, ...marker } as const;
    const { end, world } = arrange({ outcome, finding: finding(), isolation: { outcome, copy, removal } }, 2);

    await end();
    await end();

    expect(world.alerts).toHaveLength(alerts);
    expect(world.keys('records/')).toHaveLength(1);
  });

  it('asks for no earlier record where a first delivery finds the object isolated', async () => {
    const world = createFakeWorld();
    world.source.upload(flaggedObject(), flaggedBytes);
    await handleFinding(messageAbout(finding({ id: 'a'.repeat(32) })), world.ports, handleSettings());
    world.log.clear();

    const second = await handleFinding(message(), world.ports, handleSettings());

    expect(second).toMatchObject({ outcome: { name: 'already_isolated' }, recorded: true });
    expect(world.log.names).not.toContain('isolation.get');
  });
});

describe('two objects under one finding id', () => {
  const other = finding({ object: flaggedObject({ key: 'another.csv' }) });

  function both() {
    const world = createFakeWorld();
    world.source.upload(flaggedObject(), flaggedBytes);
    world.source.upload(other.object, flaggedBytes);
    return world;
  }

  it('have a record each, and the second handling knows its own', async () => {
    const world = both();
    await handleFinding(messageAbout(finding()), world.ports, handleSettings());

    const second = await handleFinding(messageAbout(other), world.ports, handleSettings());

    expect(second.record?.key).toBe(sharedRecordKey(other, isolated));
    expect(JSON.parse(second.record?.json ?? '')).toMatchObject({ key: 'another.csv' });
  });

  it('are told once each where a digest sums them up, since a digest names no record', async () => {
    const world = both();
    const folded: unknown[] = [];
    const digests = {
      fold(entry: unknown) {
        folded.push(entry);
        return 'noted' as const;
      },
    };
    const ports = { ...world.ports, digests };

    for (const about of [finding(), other]) await handleFinding(messageAbout(about), ports, handleSettings());

    expect(folded).toHaveLength(2);
    expect(world.keys('records/')).toStrictEqual(
      [recordKey(finding(), isolated), sharedRecordKey(other, isolated)].sort(),
    );
  });

  it('write nothing more where the record of the same object is there meanwhile', async () => {
    const world = both();
    // Another worker handles the same message at the same moment, and is faster with its record.
    world.log.on({
      at: 'alerts.publish',
      nth: 1,
      after: () => {
        const { accountId, bucket, key, eTag } = flaggedObject();
        world.isolation.place(
          recordKey(finding(), isolated),
          JSON.stringify({
            finding_id: finding().id,
            account_id: accountId,
            bucket,
            key,
            etag: eTag,
            version_id: null,
          }),
        );
      },
    });

    const first = await handleFinding(messageAbout(finding()), world.ports, handleSettings());

    expect(first).toMatchObject({ recorded: false, alert: 'sent' });
    expect(first).not.toHaveProperty('record');
    expect(world.log.names.filter((name) => name === 'isolation.put')).toHaveLength(1);
    expect(world.alerts).toHaveLength(1);
  });
});
