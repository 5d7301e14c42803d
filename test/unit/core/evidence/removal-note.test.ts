import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../../src/core/errors.ts';
import { removalNoteKey } from '../../../../src/core/evidence/removal-note.ts';
import { handleFinding } from '../../../../src/core/handle-finding.ts';
import { isolatedNow } from '../../../../src/telemetry/exposure.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, message, messageAbout } from '../../../support/findings.ts';

const object = flaggedObject();
const fail = () => {
  throw new RetryableError('SlowDown', 'later');
};

function replicatedWorld(): FakeWorld {
  const world = createFakeWorld();
  const lastModified = new Date('2026-11-19T08:00:00.000Z');
  world.source.upload(object, flaggedBytes, { replicationStatus: 'COMPLETED', lastModified });
  return world;
}

const deliver = ({ ports }: FakeWorld, receiveCount: number, more = {}) =>
  handleFinding(message({ receiveCount, ...more }), ports, handleSettings());

/** The time of the removal as the handling that did it knew it: the last read of the clock before its alert. */
async function noteOf(world: FakeWorld): Promise<{ removedAt: string }> {
  return JSON.parse((await world.isolation.get(removalNoteKey(finding()))) ?? '') as { removedAt: string };
}

describe('a removal that could not be told of', () => {
  it('is told by another worker with its time and its replica, however often the alert failed', async () => {
    const world = replicatedWorld();
    world.log.on({ at: 'alerts.publish', nth: 1, before: fail });
    world.log.on({ at: 'alerts.publish', nth: 2, before: fail });
    await expect(deliver(world, 1)).rejects.toThrow();
    const { removedAt } = await noteOf(world);
    await expect(deliver(world, 2)).rejects.toThrow();

    const third = await deliver(world, 3);

    expect(third).toMatchObject({ outcome: { name: 'isolated' }, alert: 'sent', recorded: true });
    expect(world.records()['isolated']).toMatchObject({
      removed_at: removedAt,
      removed_not_before: null,
      removed_not_after: null,
      source_replication_status: 'COMPLETED',
      source_last_modified: '2026-11-19T08:00:00.000Z',
    });
    expect(world.alerts[0]?.email).toContain('replication status: COMPLETED');
    expect(world.alerts[0]?.email).not.toContain('Nothing has to be done');
    const late = new Date('2026-11-20T23:00:00.000Z');
    expect(isolatedNow(third, late)?.findingToIsolationSeconds).toBe(
      (Date.parse(removedAt) - finding().createdAt.getTime()) / 1000,
    );
  });

  it('is told with its time where the record failed, also after a redrive', async () => {
    const world = replicatedWorld();
    world.log.on({ at: 'isolation.put', nth: 1, before: fail });
    await expect(deliver(world, 1)).rejects.toThrow();
    const { removedAt } = await noteOf(world);

    await deliver(world, 1, { origin: 'replay', id: 'redriven' });

    expect(world.records()['isolated']).toMatchObject({ removed_at: removedAt });
  });

  it('is noted in the isolation bucket on failure only', async () => {
    const world = replicatedWorld();

    await deliver(world, 1);

    expect(world.keys('provenance/removals/')).toStrictEqual([]);
  });

  it('is no reason for another error where it cannot be noted', async () => {
    const world = replicatedWorld();
    world.log.on({ at: 'alerts.publish', before: fail });
    world.log.on({
      at: 'isolation.put',
      before: () => {
        throw new RetryableError('Other', 'later');
      },
    });

    await expect(deliver(world, 1)).rejects.toMatchObject({ code: 'AlertFailed' });
  });

  it.each(['no JSON', '{}', '{"removedAt":"yesterday"}'])(
    'is not believed where the note is %s',
    async (note) => {
      const world = replicatedWorld();
      world.log.on({ at: 'alerts.publish', nth: 1, before: fail });
      await expect(deliver(world, 1)).rejects.toThrow();
      world.isolation.place(removalNoteKey(finding()), note);

      const second = await deliver(world, 2);

      expect(second).toMatchObject({ outcome: { name: 'isolated' }, recorded: true });
      expect(world.records()['isolated']).toMatchObject({ removed_at: null });
    },
  );

  it('is kept apart for two objects under one finding id', async () => {
    const other = finding({ object: flaggedObject({ key: 'another.csv' }) });

    expect(removalNoteKey(other)).not.toBe(removalNoteKey(finding()));
  });

  it('does not speak for what was put back and removed again', async () => {
    const world = replicatedWorld();
    world.log.on({ at: 'alerts.publish', nth: 1, before: fail });
    await expect(deliver(world, 1)).rejects.toThrow();
    const { removedAt } = await noteOf(world);
    world.source.upload(object, flaggedBytes);

    await handleFinding(messageAbout(finding(), { receiveCount: 2 }), world.ports, handleSettings());

    expect(Date.parse(world.records()['isolated']?.removed_at ?? '')).toBeGreaterThan(Date.parse(removedAt));
  });
});

describe('a removal whose time is known as a bound', () => {
  it('counts by the later bound', () => {
    const notAfter = new Date(finding().createdAt.getTime() + 5_000);
    const outcome = { name: 'isolated' } as const;
    const isolation = { outcome, removedBetween: { notBefore: finding().createdAt, notAfter } };
    const handled = {
      outcome,
      finding: finding(),
      isolation,
      settlement: { by: 'delete' },
      alert: 'sent',
      recorded: true,
    } as const;

    expect(isolatedNow(handled, new Date('2027-01-01T00:00:00Z'))?.findingToIsolationSeconds).toBe(5);
  });
});
