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
    ['another version', [listedAs({ versionId: 'v2' })]],
    ['a marker of this id', [listedAs({ isMarker: true })]],
  ])('is gone where the listing shows %s', async (_, listed) => {
    expect(await handle(async () => listed)).toStrictEqual(gone);
  });

  it('is gone where the version of this id has another ETag than the finding says', async () => {
    const listed = [listedAs({ eTag: 'f'.repeat(32) })];

    expect(await handle(async () => listed, flaggedObject({ versionId: 'v1' }))).toStrictEqual(gone);
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
    ['access-denied', gone],
  ])('is explained where the listing is refused: %s', async (reason, result) => {
    expect(await handle(() => Promise.reject(new RefusedError(reason, 'no')))).toStrictEqual(result);
  });

  it('comes again where the listing fails otherwise', async () => {
    const failing = handle(() => Promise.reject(new RetryableError('SlowDown', 'later')));

    await expect(failing).rejects.toMatchObject({ code: 'SlowDown' });
  });
});
