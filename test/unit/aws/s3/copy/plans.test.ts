import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copySource } from '../../../../../src/aws/s3/copy/copy-source.ts';
import { partsOfSizes, planParts } from '../../../../../src/aws/s3/copy/part-plan.ts';
import { unquoted } from '../../../../../src/aws/s3/object/etag.ts';
import { backOffSeconds } from '../../../../../src/flow/back-off.ts';

const gib = 1024 ** 3;

describe('the parts of a copy', () => {
  const mib = 1024 ** 2;

  it('cover every byte once, in at most 10,000 parts of 5 MiB to 5 GiB, for any size that S3 can hold', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 10_000 * 5 * gib }), fc.integer({ min: 1, max: 50 * gib })),
        fc.integer({ min: 5 * mib, max: 5 * gib }),
        (size, wished) => {
          const parts = planParts(size, wished);
          const ends = [-1, ...parts.map(({ lastByte }) => lastByte)];
          // One expectation for all: thousands of them cost seconds.
          const misfits = parts.filter(({ partNumber, firstByte, lastByte }, index) => {
            const bytes = lastByte - firstByte + 1;
            const smallest = partNumber === parts.length ? 1 : 5 * mib;
            const follows = partNumber === index + 1 && firstByte === (ends[index] ?? -1) + 1;
            return !follows || bytes < smallest || bytes > 5 * gib;
          });
          expect(misfits).toEqual([]);
          expect(ends.at(-1)).toBe(size - 1);
          expect(parts.length).toBeLessThanOrEqual(10_000);
        },
      ),
    );
  });

  it('are those of the source where its own sizes are given', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 * gib }), { maxLength: 50 }), (sizes) => {
        const parts = partsOfSizes(sizes);
        expect(parts.map(({ firstByte, lastByte }) => lastByte - firstByte + 1)).toEqual(sizes);
        expect(parts.map(({ firstByte }) => firstByte)).toEqual(
          sizes.map((_, index) => sizes.slice(0, index).reduce((sum, bytes) => sum + bytes, 0)),
        );
      }),
    );
  });

  it('are of the wished size where that suffices', () => {
    expect(planParts(12, 5)).toEqual([
      { partNumber: 1, firstByte: 0, lastByte: 4 },
      { partNumber: 2, firstByte: 5, lastByte: 9 },
      { partNumber: 3, firstByte: 10, lastByte: 11 },
    ]);
  });
});

describe('back-off', () => {
  const settings = { baseSeconds: 5, maxSeconds: 3_600 };

  it('doubles with each receive up to the maximum, and spans half a day in twenty', () => {
    const most = Array.from({ length: 20 }, (_, index) => backOffSeconds(index + 1, settings, () => 1));

    expect(most.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(most.at(-1)).toBe(3_600);
    expect(most.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(10 * 3_600);
  });

  it('lies by chance in the upper half, is whole and never 0', () => {
    expect(backOffSeconds(4, settings, () => 0)).toBe(20);
    expect(backOffSeconds(1, { baseSeconds: 1, maxSeconds: 1 }, () => 0)).toBe(1);
    expect(backOffSeconds(1_000, settings, () => 1)).toBe(3_600);
  });
});

describe('the source of a copy', () => {
  const object = (key: string) => ({ accountId: '1', bucket: 'data', key });

  it.each([
    ['a b+c', undefined, 'data/a%20b%2Bc'],
    ['a//b/', undefined, 'data/a//b/'],
    ['50%?x#y', 'v1', 'data/50%25%3Fx%23y?versionId=v1'],
    ['é\n', 'null', 'data/%C3%A9%0A?versionId=null'],
  ])('is encoded segment by segment: %j', (key, version, expected) => {
    expect(copySource(object(key), version)).toBe(expected);
  });

  it('can be decoded to the very key, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        const encoded = copySource(object(key), undefined);
        expect(encoded).toMatch(/^[\u0021-\u007e]+$/);
        expect(encoded.split('/').map(decodeURIComponent).join('/')).toBe(`data/${key}`);
      }),
    );
  });

  it('has an ETag that is compared without quotes', () => {
    expect([unquoted('"abc"'), unquoted('abc'), unquoted(undefined)]).toEqual(['abc', 'abc', '']);
  });
});
