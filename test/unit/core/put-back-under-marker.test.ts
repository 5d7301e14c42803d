import { describe, expect, it } from 'vitest';
import { releaseKey } from '../../../src/core/evidence/keys.ts';
import { releaseMark } from '../../../src/core/evidence/release-records.ts';
import { handleFinding } from '../../../src/core/handle-finding.ts';
import { createFakeWorld, handleSettings } from '../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, messageAbout } from '../../support/findings.ts';

const object = flaggedObject();
const about = (versionId: string) => messageAbout(finding({ object: { ...object, versionId } }));

describe('a released object', () => {
  function arrange() {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes, { metadata: { [releaseMark]: 'true' } });
    world.isolation.place(releaseKey(object, 'v1'), '{}');
    return world;
  }

  it('names the delete marker of a worker that died, which hides it', async () => {
    const world = arrange();
    world.source.erase(object);

    const { isolation } = await handleFinding(about('v1'), world.ports, handleSettings());

    expect(isolation).toMatchObject({
      outcome: { name: 'released' },
      removal: { markerVersionId: 'v2', remainingVersions: ['v1'], removedVersions: [] },
    });
  });

  it('names no marker where none hides it', async () => {
    const world = arrange();

    const { isolation } = await handleFinding(about('v1'), world.ports, handleSettings());

    expect(isolation?.outcome).toStrictEqual({ name: 'released' });
    expect(isolation?.removal?.markerVersionId).toBeUndefined();
  });
});
