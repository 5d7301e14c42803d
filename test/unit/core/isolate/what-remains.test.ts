import { describe, expect, it } from 'vitest';
import { releaseKey } from '../../../../src/core/evidence/keys.ts';
import type { FlaggedObject } from '../../../../src/core/finding.ts';
import { type HandleSettings, handleFinding } from '../../../../src/core/handle-finding.ts';
import { eventAbout } from '../../../../src/core/tell/outcome-event.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { fakeChecksum } from '../../../support/fake-stored-object.ts';
import {
  finding,
  flaggedBytes,
  flaggedETag,
  flaggedObject,
  flaggedVersion,
  messageAbout,
} from '../../../support/findings.ts';
import { refuse } from '../../../support/handling.ts';

const object = flaggedObject();
const byParts = `${'a'.repeat(32)}-2`;
const digest = { checksum: fakeChecksum(flaggedBytes, 'SHA256') };
const deny = refuse('access-denied');

/** What the outcome, the event and the last alert say of one handling. */
async function handle(
  { alerts, ports }: FakeWorld,
  about: Partial<FlaggedObject> | 'v1 by its id alone',
  { id = '1', ...settings }: Partial<HandleSettings> & { readonly id?: string } = {},
) {
  const flagged = typeof about === 'string' ? flaggedVersion('v1') : flaggedObject(about);
  const subject = finding({ id: id.repeat(32), object: flagged });
  const handled = await handleFinding(
    messageAbout(subject, { receiveCount: 2 }),
    ports,
    handleSettings(settings),
  );
  const { json, key } = handled.record ?? { json: '', key: '' };
  const event = eventAbout(key, json);
  return {
    outcome: handled.outcome.name,
    expected: handled.isolation?.rehearsal?.expected.name,
    wouldRemove: handled.isolation?.rehearsal?.wouldRemove,
    readable: event?.readable,
    uncompared: event?.uncompared_versions,
    email: alerts.at(-1)?.email ?? '',
  };
}

function versionsOf(...each: readonly object[]) {
  const world = createFakeWorld('enabled');
  for (const overrides of each) world.source.upload(object, flaggedBytes, overrides);
  return world;
}

describe('flagged bytes that remain', () => {
  it('are not called isolated where nobody may list the versions any more', async () => {
    const world = versionsOf({}, {});
    world.log.on({ at: 'source.listVersions', before: deny });
    expect(await handle(world, { versionId: 'v1' })).toMatchObject({ outcome: 'retained' });
    world.source.drop(object, 'v1');

    expect(await handle(world, { versionId: 'v1' }, { id: '2' })).toMatchObject({
      outcome: 'retained',
      readable: 'unknown',
      email: expect.stringContaining('The data may still be readable'),
    });
  });

  it('may be at a source that was isolated before and cannot be read', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    await handle(world, {});
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.head', before: deny });

    expect(await handle(world, {})).toMatchObject({ outcome: 'already_isolated', readable: 'unknown' });
  });

  it('may be in versions of the flagged size that SOURCE_VERSIONS=flagged leaves', async () => {
    const world = versionsOf({}, {});
    world.source.upload(object, 'of another size');

    expect(await handle(world, { versionId: 'v1' }, { sourceVersions: 'flagged' })).toMatchObject({
      outcome: 'isolated',
      readable: 'unknown',
      uncompared: 1,
    });
  });

  it.each(['identical', 'all'] as const)(
    'may be in a version that a person released: SOURCE_VERSIONS=%s',
    async (sourceVersions) => {
      const world = versionsOf({ ...digest, eTag: byParts }, digest);
      await world.ports.isolationBucket.put(releaseKey(object, 'v2'), '{}');

      expect(await handle(world, { versionId: 'v1', eTag: byParts }, { sourceVersions })).toMatchObject({
        outcome: 'isolated',
        readable: 'unknown',
        uncompared: 1,
      });
      expect(world.source.read(object, 'v2')).toBeDefined();
    },
  );

  it('may be under another ETag in a bucket without versions, where a copy exists', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes, { ...digest, eTag: byParts });
    await handle(world, { eTag: byParts });
    world.source.upload(object, flaggedBytes, digest);

    expect(await handle(world, { eTag: byParts }, { id: '2' })).toMatchObject({
      outcome: 'already_isolated',
      readable: 'unknown',
      uncompared: 1,
    });
    world.source.upload(object, 'of another size');
    expect(await handle(world, { eTag: byParts }, { id: '3' })).toMatchObject({ readable: 'no' });
  });

  it.each(['enforce', 'dry-run'] as const)(
    'may be under another ETag, as encryption gives them, where the flagged version is gone: %s',
    async (mode) => {
      const encrypted = { checksum: undefined, md5: undefined };
      const world = versionsOf({ ...encrypted, eTag: 'b'.repeat(32) });
      const about = { versionId: 'v9', sizeBytes: flaggedBytes.length };

      const changed = await handle(world, about, { mode });
      world.source.erase(object);
      const gone = await handle(world, { ...about, versionId: 'v8' }, { mode, id: '2' });

      const name = mode === 'enforce' ? 'outcome' : 'expected';
      expect(changed).toMatchObject({ [name]: 'changed', readable: 'unknown', uncompared: 1 });
      expect(gone).toMatchObject({ [name]: 'gone', readable: 'unknown', uncompared: 1 });
    },
  );
});

describe('a dry run', () => {
  it('says that versions which were put since an isolation would be isolated', async () => {
    const world = versionsOf({});
    await handle(world, { versionId: 'v1' });
    world.source.upload(object, flaggedBytes);

    expect(await handle(world, { versionId: 'v1' }, { mode: 'dry-run', id: '2' })).toMatchObject({
      expected: 'isolated',
      wouldRemove: ['v2'],
      readable: 'yes',
    });
    expect(await handle(world, { versionId: 'v1' }, { id: '3' })).toMatchObject({ outcome: 'isolated' });
  });

  it('tells of what lay there when it compared, not of what was put since', async () => {
    const world = versionsOf({});
    await handle(world, { versionId: 'v1' });
    const listings = () => world.log.names.filter((name) => name === 'source.listVersions').length;
    const before = listings();

    await handle(world, { versionId: 'v1' }, { mode: 'dry-run', id: '2' });

    // One for a fence that an earlier handling may have left, and one for the rehearsal.
    expect(listings() - before).toBe(2);
  });

  it('does not take an object for released that neither has the mark of a release nor a copy', async () => {
    const world = versionsOf({});
    await world.ports.isolationBucket.put(releaseKey(object, flaggedETag), '{}');

    expect(await handle(world, { versionId: 'v1' }, { mode: 'dry-run' })).toMatchObject({
      expected: 'isolated',
    });
    expect(await handle(world, { versionId: 'v1' }, { id: '2' })).toMatchObject({ outcome: 'isolated' });
  });
});

describe('a dry run expects what an isolation does', () => {
  const about = 'v1 by its id alone';
  const arrange = async (world: FakeWorld, is: 'gone' | 'overwritten' | 'isolated') => {
    if (is === 'isolated') await handle(world, about);
    else world.source.drop(object, 'v1');
    if (is === 'overwritten') world.source.upload(object, 'other');
  };

  it.each([
    ['gone', 'source.listVersions', 'access-denied', 'gone', 'unknown'],
    ['gone', 'source.listVersions', 'no-such-bucket', 'refused', 'no'],
    ['overwritten', 'source.listVersions', 'access-denied', 'changed', 'unknown'],
    ['isolated', 'source.listVersions', 'access-denied', 'retained', 'unknown'],
    ['isolated', 'source.listVersions', 'wrong-owner', 'already_isolated', 'no'],
    ['isolated', 'source.head', 'access-denied', 'retained', 'unknown'],
    ['isolated', 'source.head', 'no-such-bucket', 'already_isolated', 'no'],
    ['isolated', 'source.head', 'sse-c', 'refused', 'unknown'],
    ['gone', 'source.head', 'access-denied', 'refused', 'unknown'],
  ] as const)('of an object that is %s, if %s is refused: %s', async (is, at, reason, name, readable) => {
    const world = versionsOf({});
    await arrange(world, is);
    world.log.on({ at, before: refuse(reason) });

    const dryRun = await handle(world, about, { mode: 'dry-run', id: '2' });
    const isolation = await handle(world, about, { id: '3' });

    expect(dryRun).toMatchObject({ expected: name, readable });
    expect(isolation).toMatchObject({ outcome: name, readable });
  });
});

describe('a handling after another that died over its marker', () => {
  /** The worker put its marker over an older version, and could delete nothing. All limits are used up since. */
  async function underAMarker() {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.log.on({
      at: 'source.deleteVersion',
      before() {
        throw new Error('the worker died');
      },
    });
    await expect(handle(world, { versionId: 'v2' })).rejects.toThrow('the worker died');
    const ports = { ...world.ports, limits: { take: async () => undefined } };
    return { ...world, ports };
  }

  it.each([
    ['isolate', 'yes'],
    ['fence', 'unknown'],
  ] as const)('names the marker where it is held: %s', async (action, readable) => {
    const world = await underAMarker();
    const decide = () => ({ action, rule: 'r', limitPerHour: 1 });

    const { email, ...said } = await handle(world, { versionId: 'v2' }, { id: '2', decide });

    expect(said).toMatchObject({ outcome: 'held', readable });
    expect(email).toContain('v3');
  });
});

describe('what a policy holds', () => {
  it('is not called exposed before anybody looked, nor what the worker cannot read', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes, { customerKey: true });
    const ports = { ...world.ports, limits: { take: async () => undefined } };
    const above = (action: 'isolate' | 'fence') => ({
      decide: () => ({ action, rule: 'r', limitPerHour: 1 }),
    });

    expect(await handle({ ...world, ports }, {}, above('isolate'))).toMatchObject({ outcome: 'refused' });
    world.source.erase(object);
    expect(await handle({ ...world, ports }, {}, { id: '2', ...above('fence') })).toMatchObject({
      outcome: 'held',
      readable: 'unknown',
    });
  });
});
