import { describe, expect, it } from 'vitest';
import { needsMfa, rememberBuckets } from '../../../../../src/aws/s3/source/mfa-delete.ts';

describe('MFA delete', () => {
  it.each([
    [undefined, false],
    ['Disabled', false],
    ['Enabled', true],
    ['Somehow', true],
  ] as const)('is enabled if the answer is %s: %s', (answer, expected) => {
    expect(needsMfa({ MFADelete: answer as 'Enabled' | undefined })).toBe(expected);
  });

  it('is known to be off for ten minutes, for this bucket of this account', () => {
    let now = 0;
    const seen = rememberBuckets(() => now);
    const bucket = { accountId: '1', bucket: 'a', key: 'k' };
    seen.remember(bucket);

    expect(seen.isKnown({ ...bucket, key: 'other' })).toBe(true);
    expect(seen.isKnown({ ...bucket, bucket: 'b' })).toBe(false);
    expect(seen.isKnown({ ...bucket, accountId: '2' })).toBe(false);
    now = 599_999;
    expect(seen.isKnown(bucket)).toBe(true);
    now = 600_000;
    expect(seen.isKnown(bucket)).toBe(false);
  });

  it('is remembered of a bounded number of buckets', () => {
    const seen = rememberBuckets(() => 0);
    const named = (count: number) => ({ accountId: '1', bucket: String(count), key: 'k' });
    for (let count = 0; count <= 1_000; count += 1) seen.remember(named(count));

    expect(seen.isKnown(named(0))).toBe(false);
    expect(seen.isKnown(named(1_000))).toBe(true);
  });
});
