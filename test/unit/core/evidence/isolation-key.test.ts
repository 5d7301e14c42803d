import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isCopyUnder,
  isolationKey,
  isolationKeys,
  prefixesOfCopies,
  probeKeys,
  sha256Hex,
} from '../../../../src/core/evidence/isolation-key.ts';
import type { FlaggedObject } from '../../../../src/core/finding.ts';
import { parseFinding } from '../../../../src/core/parse/parse-finding.ts';
import { arbitraryObject } from '../../../support/arbitrary-findings.ts';
import {
  envelope,
  flaggedETag,
  flaggedKey,
  flaggedObject,
  flaggedVersion,
  macieDetail,
} from '../../../support/findings.ts';

const home = '444455556666/member-data';

describe('isolationKey', () => {
  it('lies under account, bucket and key, and ends with the ETag where the finding names no version', () => {
    expect(isolationKey(flaggedObject(), 0)).toBe(`objects/${home}/${flaggedKey}@${flaggedETag}`);
  });

  it('ends with the version id where the finding names one', () => {
    expect(isolationKey(flaggedObject({ versionId: 'v7' }), 0)).toBe(`objects/${home}/${flaggedKey}@v7`);
    expect(isolationKey(flaggedVersion('v7'), 0)).toBe(`objects/${home}/${flaggedKey}@v7`);
  });

  it('has ~1 at its end at the second attempt', () => {
    const object = flaggedObject({ versionId: 'v7' });

    expect(isolationKey(object, 1)).toBe(`${isolationKey(object, 0)}~1`);
    expect(isolationKeys(object)).toEqual([isolationKey(object, 0), isolationKey(object, 1)]);
  });

  const frame = Buffer.byteLength(`objects/${home}/@v7`);

  it('keeps the true key up to 1,024 bytes and hashes it above', () => {
    const fits = flaggedObject({ key: 'k'.repeat(1024 - frame), versionId: 'v7' });
    const tooLong = flaggedObject({ key: 'k'.repeat(1024 - frame + 1), versionId: 'v7' });

    expect(isolationKey(fits, 0)).toBe(`objects/${home}/${fits.key}@v7`);
    expect(isolationKey(tooLong, 0)).toBe(`objects-hashed/${home}/${sha256Hex(tooLong.key)}@v7`);
  });

  it('counts bytes, not characters', () => {
    const object = flaggedObject({ key: '漢'.repeat(340), versionId: 'v7' });

    expect(isolationKey(object, 0)).toBe(`objects-hashed/${home}/${sha256Hex(object.key)}@v7`);
  });

  it('hashes at the second attempt what only just fits at the first', () => {
    const object = flaggedObject({ key: 'k'.repeat(1024 - frame), versionId: 'v7' });

    expect(isolationKey(object, 1)).toBe(`objects-hashed/${home}/${sha256Hex(object.key)}@v7~1`);
  });

  it('does not follow from anything but account, bucket, key and identity', () => {
    const { region: _, sizeBytes: __, ...bare } = flaggedObject();

    expect(isolationKey(bare, 0)).toBe(isolationKey(flaggedObject(), 0));
  });
});

describe('sha256Hex', () => {
  it('is in hex what it was when keys were first made of it: or nothing would be found again', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('isolation keys of all objects', () => {
  const attempt = fc.constantFrom<0 | 1>(0, 1);

  it('take at most 1,024 bytes', () => {
    fc.assert(
      fc.property(arbitraryObject, attempt, (one, n) => {
        expect(Buffer.byteLength(isolationKey(one, n))).toBeLessThanOrEqual(1024);
      }),
    );
  });

  it('take at most 1,024 bytes for the longest key and version id that the parser lets through', () => {
    const detail = macieDetail({}, { key: 'k'.repeat(1024), versionId: 'v'.repeat(512) });
    const parsed = parseFinding(JSON.stringify(envelope(detail)), new Date());
    if (parsed.kind !== 'finding') throw new Error(parsed.reason);

    expect(Buffer.byteLength(isolationKey(parsed.finding.object, 1))).toBeLessThanOrEqual(1024);
  });

  it('differ wherever the object, its identity or the attempt differs', () => {
    const identity = (one: FlaggedObject, n: number) =>
      JSON.stringify([one.accountId, one.bucket, one.key, one.versionId ?? one.eTag, n]);
    const nearTwin = fc
      .tuple(arbitraryObject, arbitraryObject)
      .chain(([a, b]) => fc.constantFrom([a, b], [a, { ...a, key: b.key }], [a, { ...b, key: a.key }]));

    fc.assert(
      fc.property(nearTwin, attempt, attempt, ([a, b], m, n) => {
        fc.pre(a !== undefined && b !== undefined);
        if (a === undefined || b === undefined) return;
        expect(isolationKey(a, m) === isolationKey(b, n)).toBe(identity(a, m) === identity(b, n));
      }),
      { numRuns: 500 },
    );
  });

  it('tell what they were made of, whatever the key holds, unless it is hashed', () => {
    fc.assert(
      fc.property(arbitraryObject, attempt, (one, n) => {
        const made = isolationKey(one, n);
        fc.pre(made.startsWith('objects/'));
        const [, account, bucket, key, id, second] =
          /^objects\/(\d{12})\/([^/]+)\/(.+)@([^@~]+)(~1)?$/su.exec(made) ?? [];
        expect([account, bucket, key, id]).toEqual([
          one.accountId,
          one.bucket,
          one.key,
          one.versionId ?? one.eTag,
        ]);
        expect(second !== undefined).toBe(n === 1);
      }),
    );
  });

  it('are not confused by a key that ends like an isolation key', () => {
    const plain = flaggedObject({ key: 'k', versionId: 'v1' });
    const posing = flaggedObject({ key: 'k@v1', versionId: 'v1' });
    const posingAsSecond = flaggedObject({ key: 'k@v1~1', versionId: 'v1' });

    expect(new Set([plain, posing, posingAsSecond].flatMap((one) => isolationKeys(one))).size).toBe(6);
  });
});

describe('the keys of all copies of one key', () => {
  it.each([1, 1000])(
    'begin with one of two prefixes, whatever identifies the bytes: a key of %i bytes',
    (length) => {
      const object = flaggedObject({ key: 'k'.repeat(length) });
      const prefixes = prefixesOfCopies(object);

      for (const about of [object, flaggedVersion('v7', object)]) {
        for (const key of isolationKeys(about)) {
          expect(prefixes.some((prefix) => isCopyUnder(prefix, key))).toBe(true);
        }
      }
    },
  );

  it.each([
    ['objects/1/b/k@v1', true],
    ['objects/1/b/k@v1~1', true],
    ['objects/1/b/k@', false],
    ['objects/1/b/k@v1~2', false],
    ['objects/1/b/k@v1~1~1', false],
    ['objects/1/b/k@~1', false],
    ['objects/1/b/k@goes on@v1', false],
    ['objects/1/b/k@~goes on@v1', false],
    ['objects/1/b/other@v1', false],
    ['v1objects/1/b/k@', false],
    ['v1', false],
  ])('are told from those of longer keys: %s is one: %s', (key, isOne) => {
    expect(isCopyUnder('objects/1/b/k@', key)).toBe(isOne);
  });
});

describe('the keys of a probe', () => {
  const probe = { accountId: '1', isolationBucket: 'isolation', since: new Date('2026-11-20T20:01:02.345Z') };

  it.each([
    ['ip-10-0-0-1.ec2_x', 'ip-10-0-0-1.ec2_x'],
    ['a/b@c~d é', 'a-b-c-d--'],
    ['w'.repeat(70), 'w'.repeat(64)],
    ['', 'worker'],
  ])('name the worker in characters of a key, and the start of the halt: %s', (worker, named) => {
    expect(probeKeys({ ...probe, worker })).toStrictEqual({
      from: `control/probe/${named}`,
      to: `objects/1/isolation/.probe@20261120T200102Z-${named}`,
    });
  });
});
