import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffSeconds } from '../../../src/aws/back-off.ts';
import { copySource, unquoted } from '../../../src/aws/copy-source.ts';
import { planParts } from '../../../src/aws/part-plan.ts';

const gib = 1024 ** 3;

describe('the parts of a copy', () => {
  it('cover every byte once, in at most 10,000 parts of at most 5 GiB, for any size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 48 * 1024 * gib }),
        fc.integer({ min: 5 * 1024 ** 2, max: 5 * gib }),
        (size, wished) => {
          const parts = planParts(size, wished);
          expect(parts.length).toBeLessThanOrEqual(10_000);
          expect(parts[0]?.firstByte).toBe(0);
          expect(parts.at(-1)?.lastByte).toBe(size - 1);
          for (const [index, part] of parts.entries()) {
            expect(part.partNumber).toBe(index + 1);
            expect(part.lastByte - part.firstByte).toBeLessThan(5 * gib);
            if (index > 0) expect(part.firstByte).toBe((parts[index - 1]?.lastByte ?? 0) + 1);
          }
        },
      ),
      { numRuns: 50 },
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
