import * as fc from 'fast-check';
import type { Finding, FlaggedObject } from '../../src/core/finding.ts';
import { anyCharacter } from './any-character.ts';

/** Anything that Macie could say, as far as the parser lets it through; hostile rather than likely. */

const hex = '0123456789abcdef';
const of = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });

const eTag = fc
  .tuple(of(hex, 32, 32), fc.option(fc.integer({ min: 1, max: 10_000 })))
  .map(([digest, parts]) => (parts === null ? digest : `${digest}-${parts}`));

export const arbitraryVersionId = of('abXY019._-+/', 1, 64).filter((id) => id !== 'null');

const nasty = [
  'a',
  '@',
  '~1',
  '/',
  'objects',
  `@${'0'.repeat(32)}`,
  '@v1~1',
  '\n',
  'é',
  'e\u0301',
  '..',
  '%2e',
];
export const arbitraryKey = fc
  .oneof(
    fc.array(fc.constantFrom(...nasty), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')),
    fc.string({ unit: anyCharacter, minLength: 1, maxLength: 60 }),
    of('k/@', 900, 1024),
  )
  .filter((key) => Buffer.byteLength(key) <= 1024);

const identity = fc.oneof(
  fc.record({ eTag }),
  fc.record({ versionId: arbitraryVersionId }),
  fc.record({ eTag, versionId: arbitraryVersionId }),
);

export const arbitraryObject: fc.Arbitrary<FlaggedObject> = fc
  .record({
    accountId: fc.constantFrom('111122223333', '444455556666'),
    region: fc.constantFrom('us-east-1', 'ap-southeast-4', 'us-gov-west-1', 'eusc-de-east-1'),
    bucket: fc.constantFrom('abc', 'abc.d', 'Legacy_Bucket', 'b'.repeat(63)),
    key: arbitraryKey,
    identity,
    size: fc.option(fc.maxSafeNat()),
  })
  .map(({ identity, size, ...rest }) => ({
    ...rest,
    ...identity,
    ...(size !== null && { sizeBytes: size }),
  }));

export const arbitraryFinding: fc.Arbitrary<Finding> = fc
  .record({
    id: of('aZ09_-', 0, 127).map((rest) => `f${rest}`),
    type: of('aZ09:/_-', 0, 100).map((rest) => `SensitiveData:${rest}`),
    severity: fc.option(fc.constantFrom('Low', 'Medium', 'High')),
    createdAt: fc.date({
      min: new Date('2017-01-01T00:00:00.000Z'),
      max: new Date('2199-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    }),
    object: arbitraryObject,
    detections: fc.array(
      fc.record({
        kind: fc.constantFrom('managed', 'custom'),
        name: fc.string({ unit: anyCharacter, maxLength: 64 }),
        count: fc.maxSafeNat(),
      }),
      { maxLength: 5 },
    ),
    detectionsOmitted: fc.constant(0),
  })
  .map(({ severity, ...rest }) => ({ ...rest, ...(severity !== null && { severity }) }));
