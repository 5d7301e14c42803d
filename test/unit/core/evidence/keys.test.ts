import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  discardKey,
  identicalNoteKey,
  isCopyUnder,
  isolationKey,
  isolationKeys,
  keptPropertiesKey,
  objectDigest,
  parseRecordKey,
  policyKey,
  prefixes,
  prefixesOfCopies,
  probeKeyBeside,
  probeKeys,
  provenanceKey,
  recordKey,
  recordsBeginning,
  rejectedBodyKey,
  releaseKey,
  removalNoteKey,
  sha256Hex,
  sharedRecordKey,
} from '../../../../src/core/evidence/keys.ts';
import type { Finding, FlaggedObject } from '../../../../src/core/finding.ts';
import type { Outcome } from '../../../../src/core/outcome.ts';
import { parseFinding } from '../../../../src/core/parse/parse-finding.ts';
import { arbitraryFinding, arbitraryObject } from '../../../support/arbitrary-findings.ts';
import { everyOutcome } from '../../../support/every-outcome.ts';
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
      toHashed: `objects-hashed/1/isolation/.probe@20261120T200102Z-${named}`,
    });
  });

  it.each([
    ['records/dt=2026-11-20/a.isolated.json', 'records'],
    ['objects/1/b/k@', 'objects'],
    ['', ''],
  ])('beside the refused key %s lie in its folder', (refused, folder) => {
    expect(probeKeyBeside(refused, { ...probe, worker: 'w' })).toBe(`${folder}/.probe/20261120T200102Z-w`);
  });
});

describe('recordKey', () => {
  it('is dated by the finding in UTC and named by finding and outcome', () => {
    const late = { id: 'f1', createdAt: new Date('2026-11-20T23:30:00-05:00') };

    expect(recordKey(late, { name: 'already_isolated' })).toBe(
      'records/dt=2026-11-21/f1.already_isolated.json',
    );
  });
});

describe('the keys of records', () => {
  it('differ wherever finding, day or outcome differ, and lead nowhere else', () => {
    const named = fc.tuple(arbitraryFinding, fc.constantFrom(...everyOutcome));
    const told = ([{ id, createdAt }, { name }]: [Finding, Outcome]) =>
      [id, createdAt.toISOString().slice(0, 10), name].join();

    fc.assert(
      fc.property(named, named, fc.boolean(), (one, other, sameFinding) => {
        const twin: typeof other = sameFinding ? [one[0], other[1]] : other;
        expect(recordKey(...one) === recordKey(...twin)).toBe(told(one) === told(twin));
        expect(recordKey(...one)).toMatch(/^records\/dt=\d{4}-\d\d-\d\d\/[A-Za-z0-9_-]+\.[a-z_]+\.json$/);
      }),
    );
  });
});

describe('parseRecordKey', () => {
  const named = fc.tuple(arbitraryFinding, fc.constantFrom(...everyOutcome));

  it('tells what every key of a record was made of, also where two objects share a finding id', () => {
    fc.assert(
      fc.property(named, ([about, outcome]) => {
        const told = {
          day: about.createdAt.toISOString().slice(0, 10),
          findingId: about.id,
          outcome: outcome.name,
        };
        const object = objectDigest(about.object);
        expect(parseRecordKey(recordKey(about, outcome))).toEqual(told);
        expect(parseRecordKey(sharedRecordKey(about, outcome))).toEqual({ ...told, object });
      }),
    );
  });

  it.each([
    ['a copy whose own key looks like a record', 'objects/1/b/records/dt=2026-11-20/f1.isolated.json'],
    ['a folder', 'records/dt=2026-11-20/'],
    ['a day without its name', 'records/2026-11-20/f1.isolated.json'],
    ['something below the day', 'records/dt=2026-11-20/f1/f2.isolated.json'],
    ['a key without an outcome', 'records/dt=2026-11-20/f1.json'],
    ['a key that goes on', 'records/dt=2026-11-20/f1.isolated.json.bak'],
  ])('answers nothing for %s', (_, key) => {
    expect(parseRecordKey(key)).toBeUndefined();
  });
});

describe('recordsBeginning', () => {
  it('is what the keys of a finding begin with, by the folder of its day', () => {
    const about = { id: 'f1-long', createdAt: new Date('2026-11-20T10:00:00Z') };

    expect(recordKey(about, { name: 'gone' }).startsWith(recordsBeginning('dt=2026-11-20', 'f1'))).toBe(true);
  });
});

/** What was written by an earlier version must be found by every later one: these texts never change. */
describe('the keys of the isolation bucket', () => {
  const object = flaggedObject({ versionId: 'v7' });
  const about = { id: 'f1', createdAt: new Date('2026-11-20T10:00:00Z'), object };
  const copy = isolationKey(object, 0);
  const probe = {
    accountId: '111122223333',
    isolationBucket: 'isolation',
    worker: 'host/1',
    since: new Date('2026-11-20T10:00:00.5Z'),
  };

  it.each([
    ['a copy', copy, `objects/${home}/${flaggedKey}@v7`],
    ['a policy that was in force', policyKey('abc'), 'control/policy/abc.json'],
    ['its provenance', provenanceKey(copy), `provenance/${sha256Hex(copy)}.json`],
    ['its properties', keptPropertiesKey(copy), `provenance/${sha256Hex(copy)}.properties.json`],
    [
      'the note of an identical version',
      identicalNoteKey(object),
      `provenance/identical/${sha256Hex(copy)}.json`,
    ],
    [
      'the note of a removal',
      removalNoteKey(about),
      `provenance/removals/${sha256Hex(sharedRecordKey(about, { name: 'isolated' }))}.json`,
    ],
    ['a record', recordKey(about, { name: 'gone' }), 'records/dt=2026-11-20/f1.gone.json'],
    [
      'a record of a shared finding id',
      sharedRecordKey(about, { name: 'gone' }),
      `records/dt=2026-11-20/f1~${sha256Hex(copy).slice(0, 16)}.gone.json`,
    ],
    ['a release', releaseKey(object, 'v7'), `releases/${home}/${sha256Hex(flaggedKey)}/v7.json`],
    ['a rejected body', rejectedBodyKey('abc'), 'rejected/abc'],
    ['a probe', probeKeys(probe).from, 'control/probe/host-1'],
    [
      'the copy of a probe',
      probeKeys(probe).to,
      'objects/111122223333/isolation/.probe@20261120T100000Z-host-1',
    ],
  ])('name %s', (_, key, text) => {
    expect(key).toBe(text);
    expect(Object.values(prefixes).filter((prefix) => key.startsWith(prefix))).toHaveLength(1);
  });
});

describe('discardKey', () => {
  it.each<[string, string | undefined, string]>([
    ['a1-b2_C3', undefined, 'releases/discards/a1-b2_C3.json'],
    ['../a b', undefined, 'releases/discards/___a_b.json'],
    ['a1', 'ann: case 12', 'releases/discards/a1~783ace7b6c4e871c.json'],
  ])('of %j and %j', (messageId, responsibility, key) => {
    expect(discardKey(messageId, responsibility)).toBe(key);
  });
});
