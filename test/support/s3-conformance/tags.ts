import { CopyObjectCommand, GetObjectTaggingCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import type { Cases } from './cases.ts';

type Tags = readonly (readonly [key: string, value: string])[];

const header = (tags: Tags) =>
  tags.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');

export function describeTags(s3: Cases): void {
  const { check, failure, newBucket, put, source } = s3;
  const tagged = async (Bucket: string, tags: Tags) => {
    await put(Bucket, 'a', 'a');
    const TagSet = tags.map(([Key, Value]) => ({ Key, Value }));
    return failure(s3.client.send(new PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging: { TagSet } })));
  };
  const ten: Tags = Array.from({ length: 10 }, (_, index) => [`key-${index}`, 'x'] as const);

  describe('tags', () => {
    check('are ten at most, of 128 and 256 characters at most, in letters of any script', async () => {
      const bucket = await newBucket();
      const longest = [['ü'.repeat(128), '値 +-=._:/@'.padEnd(256, 'x')]] as const;
      await put(bucket, 'b', 'b', { Tagging: header([...ten.slice(1), ...longest]) });
      const { TagSet = [] } = await s3.client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'b' }));

      expect(TagSet.map(({ Key, Value }) => [Key, Value])).toContainEqual(longest[0]);
      expect(await tagged(bucket, ten)).toBe('no failure');
    });

    check('above ten are refused', async () => {
      const bucket = await newBucket();
      const eleven: Tags = [...ten, ['one more', 'x']];

      expect(await tagged(bucket, eleven)).toBe('BadRequest');
      expect(await failure(put(bucket, 'b', 'b', { Tagging: header(eleven) }))).toBe('BadRequest');
    });

    for (const [what, key, value] of [
      ['a long key', 'k'.repeat(129), 'x'],
      ['a long value', 'k', 'x'.repeat(257)],
      ['no key', '', 'x'],
      ["a key of AWS's own", 'aws:k', 'x'],
      ['a key with a character that is not allowed', 'k;', 'x'],
      ['a value with a character that is not allowed', 'k', '😀'],
    ] as const) {
      check(`are refused: ${what}`, async () => {
        expect(await tagged(await newBucket(), [[key, value]])).toBe('InvalidTag');
      });

      check(`are refused with an object: ${what}`, async () => {
        const bucket = await newBucket();
        const Tagging = header([[key, value]]);
        await put(bucket, 'a', 'a');
        const copy = new CopyObjectCommand({
          Bucket: bucket,
          Key: 'b',
          CopySource: source(bucket, 'a'),
          TaggingDirective: 'REPLACE',
          Tagging,
        });

        expect(await failure(put(bucket, 'b', 'b', { Tagging }))).toMatch(/^Invalid(Tag|Argument)$/);
        expect(await failure(s3.client.send(copy))).toMatch(/^Invalid(Tag|Argument)$/);
      });
    }

    check('are refused with the same key twice', async () => {
      const bucket = await newBucket();
      const twice: Tags = [
        ['k', 'x'],
        ['k', 'y'],
      ];

      expect(await tagged(bucket, twice)).toBe('InvalidTag');
      expect(await failure(put(bucket, 'b', 'b', { Tagging: header(twice) }))).toBe('InvalidArgument');
    });
  });
}
