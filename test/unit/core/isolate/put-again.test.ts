import { expect, it } from 'vitest';
import { isUnderOtherVersion } from '../../../../src/core/isolate/locate-object.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { flaggedBytes, flaggedObject, flaggedVersion } from '../../../support/findings.ts';

it('the bytes of a finding without an ETag are looked for under no other version', async () => {
  const world = createFakeWorld('enabled');
  world.source.upload(flaggedObject(), flaggedBytes);

  expect(await isUnderOtherVersion(flaggedVersion('v7'), world.source)).toBe(false);
  expect(world.log.names).toStrictEqual([]);
});
