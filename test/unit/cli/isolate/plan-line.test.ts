import { describe, expect, it } from 'vitest';
import { planFields } from '../../../../src/cli/isolate/plan-line.ts';
import { unreadableRegion } from '../../../../src/core/region.ts';

const line = {
  account_id: '111122223333',
  region: 'eu-central-1',
  bucket: 'lake-raw',
  key: 'in/a.csv',
  version_id: 'v'.repeat(512),
  etag: 'd41d8cd98f00b204e9800998ecf8427e',
  size_bytes: 6,
  action: 'isolate',
  rule: 'hr',
};

describe('a line of a plan', () => {
  it('names an object, with everything that is known about it or null', () => {
    const unknown = { region: null, version_id: null, etag: null, size_bytes: null };

    expect(planFields.safeParse(line)).toEqual({ success: true, data: line });
    expect(planFields.safeParse({ ...line, ...unknown })).toMatchObject({ success: true, data: unknown });
    expect(planFields.safeParse({ ...line, region: unreadableRegion })).toMatchObject({ success: true });
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['with a version id longer than one of S3', { version_id: 'v'.repeat(513) }],
    ['with the version null', { version_id: 'null' }],
    ['with an ETag that matches anything', { etag: '*' }],
    ['with no account', { account_id: '12' }],
    ['with a key that no object has', { key: '\ud800' }],
    ['with a bucket that no bucket can be', { bucket: '-' }],
    ['with no region', { region: 'anywhere' }],
    ['with an action that no policy has', { action: 'burn' }],
  ])('is refused %s, as a request is', (_what, other) => {
    expect(planFields.safeParse({ ...line, ...other })).toMatchObject({ success: false });
  });
});
