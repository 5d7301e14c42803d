import { expect, it } from 'vitest';
import { questionAbout, type ReleaseRow } from '../../../../src/cli/release/release-rows.ts';
import { flaggedObject } from '../../../support/findings.ts';

const row = (asked: string, more: Parameters<typeof flaggedObject>[0] = {}): ReleaseRow => ({
  asked,
  findingId: 'ba3c75616234b8a67797b8000371aaba',
  object: flaggedObject({ bucket: 'lake', sizeBytes: 12, ...more }),
  result: 'would be put back',
  isDone: true,
});

it('asks about each object once, also where an id and its beginning name it', () => {
  const named = [row('ba3c75616234b8a67797b8000371aaba'), row('ba3c7561')];

  expect(questionAbout(named)).toBe('1 object, 12 B, back to s3://lake?');
  expect(questionAbout([...named, row('c', { key: 'other' }), row('d', { versionId: 'v2' })])).toBe(
    '3 objects, 36 B, back to s3://lake?',
  );
});
