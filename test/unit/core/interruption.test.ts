import { describe, expect, it } from 'vitest';
import { handleFinding } from '../../../src/core/handle-finding.ts';
import type { CopyRequest } from '../../../src/core/isolation-bucket.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../support/fake-ports.ts';
import { fakeChecksum } from '../../support/fake-stored-object.ts';
import { finding, flaggedBytes, flaggedObject, messageAbout } from '../../support/findings.ts';

const object = flaggedObject();

/** Handles a finding of this version, and answers the signal of every copy that it asked for. */
async function signalsOfCopies(world: FakeWorld, versionId: string, signal: AbortSignal) {
  const requests: CopyRequest[] = [];
  const isolationBucket = {
    ...world.ports.isolationBucket,
    copy(request: CopyRequest) {
      requests.push(request);
      return world.ports.isolationBucket.copy(request);
    },
  };
  const message = messageAbout(finding({ object: flaggedObject({ versionId }) }));
  await handleFinding(message, { ...world.ports, isolationBucket }, handleSettings(), signal);
  return requests.map((request) => request.signal);
}

describe('handleFinding with a signal', () => {
  it('makes the copy of the flagged version interruptible, and that of a version copied beside it', async () => {
    const world = createFakeWorld('enabled');
    const checksum = fakeChecksum(flaggedBytes, 'CRC64NVME');
    // Only a CRC agrees, so the older version gets a copy of its own.
    world.source.upload(object, flaggedBytes, { checksum, md5: undefined });
    const flagged = world.source.upload(object, flaggedBytes, { checksum, md5: undefined });
    world.isolation.shownChecksum = checksum;
    const { signal } = new AbortController();

    expect(await signalsOfCopies(world, flagged ?? '', signal)).toEqual([signal, signal]);
  });
});
