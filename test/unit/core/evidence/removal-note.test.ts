import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../../src/core/errors.ts';
import { removalNoteKey, sha256Hex, sharedRecordKey } from '../../../../src/core/evidence/keys.ts';
import { noteRemoval, withRemovalNote } from '../../../../src/core/evidence/removal-note.ts';
import { handleFinding } from '../../../../src/core/handle-finding.ts';
import type { IsolationResult, Removal } from '../../../../src/core/isolation.ts';
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

describe('two removals of an object that was put again, of which nobody could be told', () => {
  /** Removes the object twice. The alert about each removal fails. */
  async function removedTwice(versioning: 'enabled' | 'never' = 'never') {
    const world = createFakeWorld(versioning);
    for (const nth of [1, 2]) {
      world.source.upload(object, flaggedBytes);
      world.log.on({ at: 'alerts.publish', nth, before: fail });
      await expect(deliver(world, nth)).rejects.toThrow();
    }
    return world;
  }

  it('are told with the time of the later one, until which the data was readable', async () => {
    const world = await removedTwice();
    const { removedAt } = await noteOf(world);

    await deliver(world, 3);

    const told = Date.parse(world.records()['isolated']?.removed_at ?? '');
    expect(told).toBeGreaterThan(Date.parse(removedAt));
  });

  it('are told with the versions of both', async () => {
    const world = await removedTwice('enabled');

    await deliver(world, 3);

    expect(world.records()['isolated']?.removed_versions).toEqual(['v1', 'v2']);
  });

  it('have a note each, however often the alert fails afterwards', async () => {
    const world = await removedTwice();
    world.log.on({ at: 'alerts.publish', nth: 3, before: fail });
    await expect(deliver(world, 3)).rejects.toThrow();

    expect(world.keys('provenance/removals/')).toEqual([
      removalNoteKey(finding()),
      removalNoteKey(finding(), 1),
    ]);
    expect(removalNoteKey(finding(), 1)).toMatch(/~1\.json$/);
  });
});

describe('the note of a removal', () => {
  const removedAt = new Date('2026-11-20T20:00:00.000Z');
  const removal = (...removedVersions: string[]): Removal => ({
    kind: 'removed',
    removedVersions,
    remainingVersions: [],
    uncomparedVersions: [],
  });
  const outcome = { name: 'isolated' } as const;
  const source = {
    versionId: 'v1',
    sizeBytes: 4,
    lastModified: new Date('2026-11-19T08:00:00.000Z'),
    storageClass: 'STANDARD',
    replicationStatus: 'COMPLETED',
  };
  const noteText = async ({ isolation }: FakeWorld) => isolation.get(removalNoteKey(finding()));
  /** What a later handling knows that found this much itself. */
  async function later(noted: Partial<IsolationResult>, known: IsolationResult): Promise<IsolationResult> {
    const { isolation } = createFakeWorld();
    await noteRemoval(isolation, finding(), { outcome, removedAt, ...noted });
    return withRemovalNote(isolation, finding(), known);
  }

  it('lies under the hash of where a record of its own would lie', () => {
    const key = sharedRecordKey(finding(), outcome);

    expect(removalNoteKey(finding())).toBe(`provenance/removals/${sha256Hex(key)}.json`);
  });

  it('holds what a record needs, and no metadata of the user', async () => {
    const world = createFakeWorld();
    const head = { ...source, metadata: { owner: 'hr' } };

    await noteRemoval(world.isolation, finding(), {
      outcome,
      removedAt,
      removal: removal('v1'),
      source: head,
    });

    expect(JSON.parse((await noteText(world)) ?? '')).toStrictEqual({
      removedAt: removedAt.toISOString(),
      removedVersions: ['v1'],
      source: { ...source, lastModified: source.lastModified.toISOString() },
    });
  });

  it('holds no more than is known', async () => {
    const world = createFakeWorld();

    await noteRemoval(world.isolation, finding(), { outcome, removedAt });

    expect(JSON.parse((await noteText(world)) ?? '')).toStrictEqual({ removedAt: removedAt.toISOString() });
  });

  it('is not written where nothing was removed at a known time', async () => {
    const world = createFakeWorld();

    await noteRemoval(world.isolation, finding(), { outcome, removal: removal('v1') });

    expect(await noteText(world)).toBeUndefined();
  });

  const removedBetween = { notBefore: new Date(0), notAfter: new Date(1) };

  it('replaces the bound by the time, and completes versions and source', async () => {
    expect(
      await later(
        { removal: removal('v1', 'v2'), source },
        { outcome, removedBetween, removal: removal('v2', 'v3'), source: { sizeBytes: 4 } },
      ),
    ).toStrictEqual({ outcome, removedAt, removal: removal('v1', 'v2', 'v3'), source });
  });

  it('leaves what it does not speak of', async () => {
    const known = { outcome, removal: removal('v3'), source: { sizeBytes: 4 } };

    expect(await later({}, known)).toStrictEqual({ ...known, removedAt });
  });

  it('adds no removal to a handling that found the object gone', async () => {
    expect(await later({ removal: removal('v1') }, { outcome })).toStrictEqual({ outcome, removedAt });
  });

  it.each<[string, IsolationResult]>([
    ['knows the time itself', { outcome, removedAt: new Date(7) }],
    ['ended otherwise', { outcome: { name: 'changed' } }],
    ['ended as isolated before', { outcome: { name: 'already_isolated' }, removedBetween }],
  ])('is not asked for by a handling that %s', async (_, known) => {
    expect(await later({ removal: removal('v1') }, known)).toBe(known);
  });

  it('changes nothing where there is none', async () => {
    const { isolation } = createFakeWorld();
    const known = { outcome, removedBetween };

    expect(await withRemovalNote(isolation, finding(), known)).toBe(known);
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
