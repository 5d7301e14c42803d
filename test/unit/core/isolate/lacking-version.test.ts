import { describe, expect, it } from 'vitest';
import { RefusedError, RetryableError } from '../../../../src/core/errors.ts';
import { isolate } from '../../../../src/core/isolate/isolate.ts';
import type { ListedVersion } from '../../../../src/core/source-buckets.ts';
import { createFakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import {
  finding,
  flaggedBytes,
  flaggedETag,
  flaggedObject,
  flaggedVersion,
} from '../../../support/findings.ts';

const listedAs = (overrides: Partial<ListedVersion> = {}): ListedVersion => ({
  versionId: 'v1',
  isLatest: true,
  isMarker: false,
  eTag: flaggedETag,
  sizeBytes: Buffer.byteLength(flaggedBytes),
  ...overrides,
});

/** Handles a finding about v1, of which HEAD says that it is not there. */
function handle(listVersions: () => Promise<readonly ListedVersion[]>, object = flaggedVersion('v1')) {
  const { ports } = createFakeWorld('enabled');
  const sourceBuckets = { ...ports.sourceBuckets, head: async () => undefined, listVersions };
  return isolate(finding({ object }), { ...ports, sourceBuckets }, handleSettings());
}

describe('a named version that HEAD does not show', () => {
  const gone = { outcome: { name: 'gone', reason: 'source-absent' } };

  it.each<[string, readonly ListedVersion[]]>([
    ['nothing', []],
    ['a marker of this id', [listedAs({ isMarker: true })]],
  ])('is gone where the listing shows %s', async (_, listed) => {
    expect(await handle(async () => listed)).toStrictEqual(gone);
  });

  /** The flagged bytes are gone, and these versions have their size. */
  const goneBut = (...uncomparedVersions: readonly string[]) => {
    const untouched = {
      kind: 'untouched',
      removedVersions: [],
      remainingVersions: uncomparedVersions,
    } as const;
    return { ...gone, removal: { ...untouched, uncomparedVersions } };
  };

  it('is gone where the version of this id has another ETag than the finding says', async () => {
    const listed = [listedAs({ eTag: 'f'.repeat(32) })];

    expect(await handle(async () => listed, flaggedObject({ versionId: 'v1' }))).toStrictEqual(goneBut('v1'));
  });

  it('is gone where another version is listed, which may hold the same bytes if it has their size', async () => {
    const listed = [listedAs({ versionId: 'v2' }), listedAs({ versionId: 'v3', sizeBytes: 1 })];
    const other = listed.map((version) => ({ ...version, eTag: 'f'.repeat(32) }));
    const sized = flaggedObject({ versionId: 'v1', sizeBytes: Buffer.byteLength(flaggedBytes) });

    const { sizeBytes: _, ...unsized } = flaggedVersion('v1');

    expect(await handle(async () => listed, unsized)).toStrictEqual(goneBut('v2', 'v3'));
    expect(await handle(async () => other, sized)).toMatchObject({
      outcome: gone.outcome,
      removal: { remainingVersions: ['v2', 'v3'], uncomparedVersions: ['v2'] },
    });
  });

  it('is not believed to be gone where its ETag is listed under another id', async () => {
    const about = flaggedObject({ versionId: 'v1' });

    await expect(handle(async () => [listedAs({ versionId: 'v2' })], about)).rejects.toMatchObject({
      code: 'SourceInFlux',
    });
  });

  it.each([
    ['no ETag', flaggedVersion('v1')],
    ['this ETag', flaggedObject({ versionId: 'v1' })],
  ])('is not believed to be gone where the listing shows it: the finding has %s', async (_, object) => {
    const listed = [listedAs({ versionId: 'v0', eTag: 'f'.repeat(32) }), listedAs()];

    await expect(handle(async () => listed, object)).rejects.toMatchObject({
      code: 'SourceInFlux',
      message: 'HEAD lacks a version that is listed',
    });
  });

  it.each<[RefusedError['reason'], object]>([
    ['no-such-bucket', { outcome: { name: 'refused', reason: 'no-such-bucket' } }],
    ['access-denied', { ...gone, unseen: true }],
  ])('is explained where the listing is refused: %s', async (reason, result) => {
    expect(await handle(() => Promise.reject(new RefusedError(reason, 'no')))).toStrictEqual(result);
  });

  it('comes again where the listing fails otherwise', async () => {
    const failing = handle(() => Promise.reject(new RetryableError('SlowDown', 'later')));

    await expect(failing).rejects.toMatchObject({ code: 'SlowDown' });
  });
});

describe('a named version that HEAD does not show, of which there is a verified copy', () => {
  /** An earlier handling copied v1, and could not delete it. */
  async function copied() {
    const world = createFakeWorld('enabled');
    const about = finding({ object: flaggedVersion('v1') });
    world.source.upload(about.object, flaggedBytes);
    world.source.refuseDeleteVersion.set('v1', 'delete-denied');
    await isolate(about, world.ports, handleSettings());
    const head = async () => undefined;
    const ports = { ...world.ports, sourceBuckets: { ...world.source, head } };
    return { world, again: () => isolate(about, ports, handleSettings()) };
  }

  it('is not believed to be isolated where the listing shows it', async () => {
    const { again } = await copied();

    await expect(again()).rejects.toMatchObject({ code: 'SourceInFlux' });
  });

  it('is isolated where the listing does not show it', async () => {
    const { again, world } = await copied();
    world.source.drop(flaggedVersion('v1'), 'v1');

    expect(await again()).toMatchObject({ outcome: { name: 'isolated' } });
  });
});

describe('an identical version that HEAD does not show', () => {
  const about = finding({ object: flaggedVersion('v2') });

  function arrange() {
    const world = createFakeWorld('enabled');
    world.source.upload(about.object, flaggedBytes);
    world.source.upload(about.object, flaggedBytes);
    return world;
  }

  it('stays, and is uncompared, where the listing shows it', async () => {
    const { ports, source } = arrange();
    const head: typeof source.head = async (object, versionId) =>
      versionId === 'v1' ? undefined : source.head(object, versionId);
    const sourceBuckets = { ...source, head };

    expect(await isolate(about, { ...ports, sourceBuckets }, handleSettings())).toMatchObject({
      outcome: { name: 'isolated' },
      removal: { removedVersions: ['v2'], remainingVersions: ['v1'], uncomparedVersions: ['v1'] },
    });
  });

  it('does not remain where a later listing lacks it: the next delivery sees that', async () => {
    const { log, ports, source } = arrange();
    log.on({ at: 'source.listVersions', nth: 1, after: () => source.drop(about.object, 'v1') });

    await expect(isolate(about, ports, handleSettings())).rejects.toMatchObject({ code: 'SourceInFlux' });
    expect(await isolate(about, ports, handleSettings())).toMatchObject({
      outcome: { name: 'isolated' },
      removal: { removedVersions: ['v2'], remainingVersions: [], uncomparedVersions: [] },
    });
  });
});
