import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../../src/core/errors.ts';
import { isolationKey, releaseKey } from '../../../../src/core/evidence/keys.ts';
import { releaseMark } from '../../../../src/core/evidence/release-records.ts';

import { type HandleSettings, handleFinding } from '../../../../src/core/handle-finding.ts';
import { rehearse } from '../../../../src/core/isolate/rehearse.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import {
  finding,
  flaggedBytes,
  flaggedETag,
  flaggedObject,
  messageAbout,
} from '../../../support/findings.ts';
import { refuse } from '../../../support/handling.ts';

const object = flaggedObject();
const writes = /copy|delete|put$/;

/** Handles a finding about this object in a dry run, and returns its record. */
async function dryRun(world: FakeWorld, about = object, settings: Partial<HandleSettings> = {}) {
  const before = world.log.names.length;
  const handled = await handleFinding(
    messageAbout(finding({ object: about })),
    world.ports,
    handleSettings({ mode: 'dry-run', ...settings }),
  );
  expect(handled.outcome).toStrictEqual({ name: 'dry_run' });
  const written = world.log.names.slice(before).filter((name) => writes.test(name));
  // The record is the only thing that is written.
  expect(written).toStrictEqual(['isolation.put']);
  return world.records()['dry_run'];
}

describe('a dry run', () => {
  it('records what would happen to an object without versions, and that nothing was tried', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);

    expect(await dryRun(world)).toMatchObject({
      isolation_key: isolationKey(object, 0),
      size_bytes: flaggedBytes.length,
      policy_rule: 'high-severity',
      expected_outcome: 'isolated',
      expected_reason: null,
      would_remove_versions: ['null'],
      could_read_object: true,
      could_read_versions: null,
      could_read_tags: true,
      not_tried: ['copy', 'delete'],
    });
    expect(world.alerts[0]?.email).toContain('STILL EXPOSED');
  });

  it.each([
    ['flagged', ['v3']],
    ['identical', ['v1', 'v3']],
    ['all', ['v2', 'v1', 'v3']],
  ] as const)(
    'names the versions that would go with SOURCE_VERSIONS=%s',
    async (sourceVersions, expected) => {
      const world = createFakeWorld('enabled');
      world.source.upload(object, flaggedBytes);
      world.source.upload(object, 'other bytes');
      const versionId = world.source.upload(object, flaggedBytes) ?? '';

      const record = await dryRun(world, flaggedObject({ versionId }), { sourceVersions });

      expect(record).toMatchObject({ would_remove_versions: expected, could_read_versions: true });
      expect(world.source.entries(object)).toHaveLength(3);
    },
  );

  it('names every version with the flagged ETag where the finding names no version', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);

    const record = await dryRun(world, object, { sourceVersions: 'flagged' });

    expect(record).toMatchObject({ would_remove_versions: ['v1', 'v2'] });
  });

  it('copies no version that only a forgeable checksum calls identical, and takes it for copied', async () => {
    const world = createFakeWorld('enabled');
    const forgeable = { md5: undefined, eTag: `${flaggedETag.slice(1)}a` };
    world.source.upload(object, flaggedBytes, forgeable);
    const versionId = world.source.upload(object, flaggedBytes) ?? '';

    const record = await dryRun(world, flaggedObject({ versionId }));

    expect(record).toMatchObject({ would_remove_versions: ['v1', 'v2'] });
  });

  it.each<[string, string, string | null, (world: FakeWorld) => unknown]>([
    ['the object is gone', 'gone', 'source-absent', (world) => world.source.erase(object)],
    ['the object was overwritten', 'changed', null, (world) => world.source.upload(object, 'other')],
    [
      'the object is archived',
      'refused',
      'archived-storage-class',
      (world) => world.source.upload(object, flaggedBytes, { storageClass: 'GLACIER' }),
    ],
    [
      'the object is locked',
      'retained',
      'legal-hold',
      (world) => world.source.upload(object, flaggedBytes, { lock: 'legal-hold' }),
    ],
    [
      'a person put the object back',
      'released',
      null,
      (world) => {
        world.source.upload(object, flaggedBytes, { metadata: { [releaseMark]: 'true' } });
        void world.ports.isolationBucket.put(releaseKey(object, flaggedETag), '{}');
      },
    ],
    [
      'an archived object has the mark of a release, and no person put it back',
      'refused',
      'archived-storage-class',
      (world) =>
        world.source.upload(object, flaggedBytes, {
          metadata: { [releaseMark]: 'true' },
          storageClass: 'GLACIER',
        }),
    ],
    [
      'a person put the object back, and its mark was lost',
      'released',
      null,
      async (world) => {
        await handleFinding(messageAbout(finding({ id: 'a'.repeat(32) })), world.ports, handleSettings());
        world.source.upload(object, flaggedBytes);
        await world.ports.isolationBucket.put(releaseKey(object, flaggedETag), '{}');
      },
    ],
  ])('says how it would end where %s', async (_, outcome, reason, arrange) => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    await arrange(world);

    expect(await dryRun(world)).toMatchObject({
      expected_outcome: outcome,
      expected_reason: reason,
      would_remove_versions: [],
      could_read_object: true,
    });
    expect(world.alerts.at(-1)?.subject).toContain(`would end as ${outcome}`);
  });

  it('says that the object was isolated before', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    await handleFinding(messageAbout(finding({ id: 'a'.repeat(32) })), world.ports, handleSettings());

    expect(await dryRun(world)).toMatchObject({ expected_outcome: 'already_isolated' });
    expect(world.alerts.at(-1)?.email).toContain('can no longer be read');
  });

  it('says of a locked identical version that all of them would stay', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes, { lock: 'locked' });
    const versionId = world.source.upload(object, flaggedBytes) ?? '';

    expect(await dryRun(world, flaggedObject({ versionId }))).toMatchObject({
      expected_outcome: 'retained',
      expected_reason: 'locked',
      would_remove_versions: [],
    });
  });

  it('says which reads are denied: the object', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.head', before: refuse('access-denied') });

    expect(await dryRun(world)).toMatchObject({
      expected_outcome: 'refused',
      expected_reason: 'access-denied',
      could_read_object: false,
      could_read_tags: null,
    });
    expect(world.alerts[0]?.email).toContain('could not read: object');
  });

  it('says which reads are denied: the versions', async () => {
    const world = createFakeWorld('enabled');
    const versionId = world.source.upload(object, flaggedBytes) ?? '';
    world.log.on({ at: 'source.listVersions', before: refuse('access-denied') });

    expect(await dryRun(world, flaggedObject({ versionId }))).toMatchObject({
      expected_outcome: 'retained',
      expected_reason: 'delete-denied',
      could_read_object: true,
      could_read_versions: false,
    });
  });

  it('says which reads are denied: the tags, without which an isolation goes on', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.source.hidesTags = true;

    expect(await dryRun(world)).toMatchObject({ expected_outcome: 'isolated', could_read_tags: false });
    expect(world.alerts[0]?.email).toContain('could not read: tags');
  });

  it('asks nothing in a region that is not allowed', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);

    const record = await dryRun(world, object, { allowedSourceRegions: ['eu-west-1'] });

    expect(record).toMatchObject({ expected_outcome: 'refused', expected_reason: 'cross-region' });
    expect(world.log.names).not.toContain('source.head');
  });

  it('takes a region that the finding does not name for that of the isolation bucket', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    const { region: _, ...nowhere } = object;

    const { rehearsal } = await rehearse(finding({ object: nowhere }), world.ports, handleSettings());

    expect(rehearsal.expected).toStrictEqual({ name: 'isolated' });
    expect(world.steps).toStrictEqual(['identify']);
  });

  it('says that the object was isolated before under another identity', async () => {
    const world = createFakeWorld('enabled');
    const versionId = world.source.upload(object, flaggedBytes) ?? '';
    const byVersion = finding({ id: 'a'.repeat(32), object: flaggedObject({ versionId }) });
    await handleFinding(messageAbout(byVersion), world.ports, handleSettings());

    expect(await dryRun(world)).toMatchObject({ expected_outcome: 'already_isolated' });
  });

  it('says that the object is gone where its copy does not verify', async () => {
    const world = createFakeWorld();
    world.isolation.place(isolationKey(object, 0), flaggedBytes);

    expect(await dryRun(world)).toMatchObject({
      expected_outcome: 'gone',
      expected_reason: 'copy-unverified',
    });
  });

  it('would remove nothing where the versions may not be listed', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.listVersions', before: refuse('access-denied') });

    expect((await dryRun(world))?.would_remove_versions).toStrictEqual([]);
  });

  it('names the size of an object that may not be read further', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes, { customerKey: true, sizeBytes: 7 });

    expect(await dryRun(world)).toMatchObject({ expected_reason: 'sse-c', size_bytes: 7 });
  });

  it('leaves a version where it is that could not be copied', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'archived, other', { storageClass: 'GLACIER' });
    const versionId = world.source.upload(object, flaggedBytes) ?? '';

    const record = await dryRun(world, flaggedObject({ versionId }), { sourceVersions: 'all' });

    expect(record).toMatchObject({ would_remove_versions: ['v2'] });
  });

  it('comes again where the source cannot be asked at the moment', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({
      at: 'source.mayReadTags',
      before() {
        throw new RetryableError('SlowDown', 'later');
      },
    });

    await expect(rehearse(finding(), world.ports, handleSettings())).rejects.toMatchObject({
      code: 'SlowDown',
    });
  });
});
