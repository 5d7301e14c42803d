import { expect, it } from 'vitest';
import { tryCanary } from '../../../../../src/core/operate/doctor/try-canary.ts';
import type { StoredObject } from '../../../../../src/core/source-buckets.ts';

/** A bucket in memory, and what a store that is not quite S3 does otherwise. */
function bucketWith(
  quirks: { overwritesRecords?: true; overwritesCopies?: true; losesPuts?: true; tearsCopies?: true } = {},
) {
  const objects = new Map<string, string>();
  return {
    objects,
    name: 'isolation',
    region: 'eu-west-1',
    async put(key: string, json: string) {
      if (objects.has(key) && !quirks.overwritesRecords) return 'exists' as const;
      if (!quirks.losesPuts) objects.set(key, json);
      return 'written' as const;
    },
    get: async (key: string) => objects.get(key),
    head: async (key: string) =>
      objects.has(key) ? ({ eTag: 'e', versionId: 'v1' } as StoredObject) : undefined,
    async copy({
      from,
      isolationKey,
      stored,
    }: {
      from: { key: string };
      isolationKey: string;
      stored: StoredObject;
    }) {
      // Operators may not read versions.
      expect(stored.versionId).toBeUndefined();
      if (objects.has(isolationKey) && !quirks.overwritesCopies)
        return { kind: 'precondition-failed' as const };
      objects.set(isolationKey, quirks.tearsCopies ? 'torn' : (objects.get(from.key) ?? ''));
      return { kind: 'copied' as const, tagsCopied: true, resumed: false };
    },
  };
}
const canary = (bucket: ReturnType<typeof bucketWith>) =>
  tryCanary({ bucket, owner: '111111111111', id: '1', at: new Date(0) });

it('a canary is put and copied, and nothing overwrites it', async () => {
  const bucket = bucketWith();

  expect((await canary(bucket)).state).toBe('ok');
  expect([...bucket.objects.keys()]).toEqual(['control/probe/doctor-1.json', 'control/probe/doctor-1.copy']);
});

it.each([
  ['overwrites records', { overwritesRecords: true }, /A record can be overwritten/],
  ['overwrites copies', { overwritesCopies: true }, /A copy can be overwritten/],
  ['loses what is put', { losesPuts: true }, /overwritten|cannot be read back/],
  ['tears copies', { tearsCopies: true }, /is not whole/],
] as const)('a store that %s is found', async (_, quirks, text) => {
  const verdict = await canary(bucketWith(quirks));

  expect(verdict).toMatchObject({ state: 'wrong', why: expect.stringMatching(text) });
});

it('a refusal of the bucket is passed on', async () => {
  const bucket = { ...bucketWith(), put: () => Promise.reject(new Error('denied')) };
  await expect(canary(bucket)).rejects.toThrow('denied');
});
