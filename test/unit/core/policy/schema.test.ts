import { describe, expect, it } from 'vitest';
import { fieldNames, policySchema } from '../../../../src/core/policy/schema.ts';

const rule = { name: 'r', when: { bucket: 'b' }, action: 'isolate' };
const withRule = (more: Record<string, unknown>) => ({
  version: 1,
  rules: [{ ...rule, ...more }],
  default: 'alert',
});
const withWhen = (when: unknown) => withRule({ when });
const withNever = (more: Record<string, unknown>) => ({
  version: 1,
  never: [{ name: 'n', when: { bucket: 'b' }, reason: 'why', ...more }],
  rules: [],
  default: 'alert',
});
const withTest = (more: Record<string, unknown>) => ({
  version: 1,
  rules: [],
  default: 'alert',
  tests: [{ name: 't', finding: {}, expect: { action: 'alert' }, ...more }],
});

type Issue = { readonly message: string; readonly errors?: Issue[][]; readonly issues?: Issue[] };

/** Every message, those of the branches of a union and of the keys of a record included. */
function messagesOf({ errors = [], issues = [], message }: Issue): string[] {
  return [message, ...[...errors.flat(), ...issues].flatMap(messagesOf)];
}

function messages(document: unknown): string[] {
  return (policySchema.safeParse(document).error?.issues ?? []).flatMap((issue) =>
    messagesOf(issue as Issue),
  );
}

const tagsOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'x']));

describe('a policy is refused', () => {
  const sizeForm = 'must be a number of bytes, or one with a unit such as "10 MB" or "10 MiB"';
  const dayForm = 'must be a day such as 2027-06-30';
  it.each([
    ['a name that is a number', withRule({ name: 7 }), 'must be text; put it in quotes'],
    ['an extension that is a number', withWhen({ extension: 7 }), 'must be text; put it in quotes'],
    [
      'versions of an unknown kind',
      withRule({ sourceVersions: 'some' }),
      'must be "flagged", "identical" or "all"',
    ],
    ...['5/hours', '0/hour', '1/minute', '-1/hour', '1e3/hour', 500].map(
      (limit): [string, object, string] => [
        `the limit ${limit}`,
        withRule({ limit }),
        'must be a number of findings in an hour, such as 500/hour',
      ],
    ),
    ['an exception whose reason is a number', withNever({ reason: 7 }), 'must be text'],
    ['an exception whose reason is empty', withNever({ reason: '' }), 'must say why'],
    ['a day that is a number', withNever({ until: 2027 }), dayForm],
    ['a day with something before it', withNever({ until: '+2027-06-30' }), dayForm],
    ['a day with something behind it', withNever({ until: '2027-06-30T00:00:00Z' }), dayForm],
    ['a test whose name is a number', withTest({ name: 7 }), 'must be text'],
    [
      'a test whose severity is unknown',
      withTest({ finding: { severity: 'Critical' } }),
      'must be "Low", "Medium" or "High"',
    ],
    [
      'a test without a finding',
      withTest({ finding: 7 }),
      'must be a finding in short, or the path of a file',
    ],
    ['a tag without a name', withRule({ tags: { '': 'x' } }), 'must have a name'],
    [
      'a tag with too long a name',
      withRule({ tags: { ['n'.repeat(129)]: 'x' } }),
      'must have a name of at most 128 characters',
    ],
    [
      'a tag with too long a value',
      withRule({ tags: { n: 'x'.repeat(257) } }),
      'must be at most 256 characters',
    ],
    ['a tag of AWS', withRule({ tags: { 'AWS:x': 'x' } }), 'must not begin with aws: (S3 reserves it)'],
    ['eleven tags', withRule({ tags: tagsOf(11) }), 'must be at most ten: S3 takes no more'],
    ['anyOf without a branch', withWhen({ anyOf: [] }), 'must hold at least one'],
    ['no condition', withWhen({}), 'must hold at least one condition'],
    ['a condition without a value', withWhen({ bucket: undefined }), 'must hold at least one condition'],
    [
      'sizes that exclude each other',
      withWhen({ minSize: 11, maxSize: 10 }),
      'is never met: minSize is above maxSize',
    ],
    ['a size with something before it', withWhen({ minSize: 'x10 MB' }), sizeForm],
    ['a size with something behind it', withWhen({ minSize: '10 MB/s' }), sizeForm],
    ['a size with a fraction that is no number', withWhen({ minSize: '1.x MB' }), sizeForm],
  ])('for %s', (_, document, message) => {
    expect(messages(document)).toContain(message);
  });
});

describe('a policy is taken', () => {
  it.each<[what: string, document: unknown]>([
    ['all versions', withRule({ sourceVersions: 'all' })],
    ['flagged versions', withRule({ sourceVersions: 'flagged' })],
    ['identical versions', withRule({ sourceVersions: 'identical' })],
    ['ten tags', withRule({ tags: tagsOf(10) })],
    ['a tag that names aws: in its middle', withRule({ tags: { 'x-aws:y': 'x' } })],
    ['equal bounds of the size', withWhen({ minSize: 10, maxSize: 10 })],
    ['anyOf with two branches', withWhen({ anyOf: [{ bucket: 'a' }, { bucket: 'b' }] })],
    ...['none', 'AES256', 'aws:kms', 'aws:kms:dsse'].map((encryption): [string, unknown] => [
      `a test with ${encryption}`,
      withTest({ finding: { encryption } }),
    ]),
  ])('with %s', (_, document) => {
    expect(messages(document)).toStrictEqual([]);
  });

  it.each([
    ['10 MB', 10_000_000],
    ['10MB', 10_000_000],
    ['1.25 KiB', 1_280],
    ['7 B', 7],
    ['2 TiB', 2_199_023_255_552],
  ])('with a size of %s as %d bytes', (minSize, bytes) => {
    expect(policySchema.parse(withWhen({ minSize })).rules).toMatchObject([{ when: { minSize: bytes } }]);
  });
});

describe('the names of fields', () => {
  it('of conditions hold not and anyOf', () => {
    expect(fieldNames(['rules', 0, 'when'])).toEqual(expect.arrayContaining(['bucket', 'not', 'anyOf']));
  });
});
