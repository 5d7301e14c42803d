import { describe, expect, it } from 'vitest';
import { handleFinding } from '../../../../src/core/handle-finding.ts';
import { createFakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, message, messageAbout } from '../../../support/findings.ts';

const object = flaggedObject();
const sameSize = flaggedBytes.replaceAll('1', '2');

describe('a null version', () => {
  it('that is identical, but was replaced before versioning was enabled, is not deleted', async () => {
    const world = createFakeWorld('suspended');
    world.source.upload(object, flaggedBytes);
    world.source.setVersioning('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.setVersioning('suspended');
    world.log.on({
      at: 'source.versioning',
      before() {
        world.source.upload(object, 'new bytes of its owner');
        world.source.setVersioning('enabled');
      },
    });
    const about = messageAbout(finding({ object: flaggedObject({ versionId: 'v1' }) }));

    await handleFinding(about, world.ports, handleSettings()).catch(() => undefined);

    expect(world.source.read(object)?.bytes).toBe('new bytes of its owner');
  });

  it('deleted plainly leaves older versions, which the record names', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, sameSize, { checksum: undefined });
    world.source.setVersioning('suspended');
    world.source.upload(object, flaggedBytes);

    await handleFinding(message(), world.ports, handleSettings());

    expect(world.records()['isolated']).toMatchObject({
      removed_versions: ['null'],
      remaining_versions: ['v1'],
      uncompared_versions: ['v1'],
      delete_marker_version_id: 'null',
    });
  });
});
