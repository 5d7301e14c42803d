import { describe, expect, it } from 'vitest';
import { locate } from '../../../../src/core/isolate/locate-object.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { flaggedBytes, flaggedObject, flaggedVersion, md5Hex } from '../../../support/findings.ts';

const object = flaggedObject();

describe('locate, by ETag', () => {
  it('finds the current object with one call', async () => {
    const { source, log } = createFakeWorld();
    source.upload(object, flaggedBytes);

    expect(await locate(object, source)).toMatchObject({ kind: 'flagged', stored: { eTag: object.eTag } });
    expect(log.names).toStrictEqual(['source.head']);
  });

  it('says changed where an unversioned bucket holds other bytes, and only after a listing', async () => {
    const { source, log } = createFakeWorld();
    source.upload(object, 'other');

    expect(await locate(object, source)).toStrictEqual({ kind: 'changed' });
    expect(log.names).toStrictEqual(['source.head', 'source.listVersions']);
  });

  it('says absent where nothing is there', async () => {
    const { source } = createFakeWorld();

    expect(await locate(object, source)).toStrictEqual({ kind: 'absent' });
  });

  it('finds a version that is no longer current', async () => {
    const { source } = createFakeWorld('enabled');
    const versionId = source.upload(object, flaggedBytes);
    source.upload(object, 'other');

    expect(await locate(object, source)).toMatchObject({ kind: 'flagged', stored: { versionId } });
  });

  it('finds a version behind a delete marker', async () => {
    const { source } = createFakeWorld('enabled');
    const versionId = source.upload(object, flaggedBytes);
    source.erase(object);

    expect(await locate(object, source)).toMatchObject({ kind: 'flagged', stored: { versionId } });
  });

  it('says changed or absent where no version has these bytes', async () => {
    const { source } = createFakeWorld('enabled');
    source.upload(object, 'other');

    expect(await locate(object, source)).toStrictEqual({ kind: 'changed' });

    source.erase(object);

    expect(await locate(object, source)).toStrictEqual({ kind: 'absent' });
  });

  it('looks again at the version listed, which may be another by then', async () => {
    const { source, log } = createFakeWorld('suspended');
    source.upload(object, flaggedBytes);
    source.setVersioning('enabled');
    source.upload(object, 'other');
    source.setVersioning('suspended');
    log.on({ at: 'source.listVersions', after: () => source.upload(object, 'replaces the null version') });

    expect(await locate(object, source)).toStrictEqual({ kind: 'changed' });
  });
});

describe('locate, by version id', () => {
  it('finds the version, current or not, and does not guess at others', async () => {
    const { source, log } = createFakeWorld('enabled');
    const versionId = source.upload(object, flaggedBytes) ?? '';
    source.upload(object, flaggedBytes);

    expect(await locate(flaggedVersion(versionId), source)).toMatchObject({
      kind: 'flagged',
      stored: { versionId },
    });
    expect(log.names).toStrictEqual(['source.head']);
  });

  it('says changed where the version has other bytes than the finding says', async () => {
    const { source } = createFakeWorld('enabled');
    const versionId = source.upload(object, 'other') ?? '';

    expect(await locate(flaggedObject({ versionId }), source)).toStrictEqual({ kind: 'changed' });
  });

  it('says changed where the version is gone and another is current, though its bytes be the same', async () => {
    const { source } = createFakeWorld('enabled');
    source.upload(object, flaggedBytes);

    expect(await locate(flaggedVersion('gone'), source)).toStrictEqual({ kind: 'changed' });
    expect(await locate(flaggedObject({ versionId: 'gone', eTag: md5Hex('x') }), source)).toStrictEqual({
      kind: 'changed',
    });
  });

  it('says absent where the version is gone and the key shows nothing', async () => {
    const { source } = createFakeWorld('enabled');
    source.upload(object, 'other');
    source.erase(object);

    expect(await locate(flaggedVersion('gone'), source)).toStrictEqual({ kind: 'absent' });
  });
});
