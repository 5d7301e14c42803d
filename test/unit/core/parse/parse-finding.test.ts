import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../src/core/finding.ts';
import { type Parsed, parseFinding } from '../../../../src/core/parse/parse-finding.ts';
import { anyCharacter } from '../../../support/any-character.ts';
import { arbitraryFinding } from '../../../support/arbitrary-findings.ts';
import {
  envelope,
  flaggedBytes,
  flaggedETag,
  flaggedKey,
  macieDetail,
  messageAbout,
} from '../../../support/findings.ts';

const sentAt = new Date('2026-11-20T19:46:54.000Z');
const id = 'ba3c75616234b8a67797b8000371aaba';
const createdAt = new Date('2026-11-20T19:46:53.031Z');
const realVersionId = '3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo_-';

const parse = (json: unknown): Parsed => parseFinding(JSON.stringify(json), sentAt);
const parseDetail = (overrides = {}, s3Object = {}): Parsed =>
  parse(envelope(macieDetail(overrides, s3Object)));

function parsedFinding(parsed: Parsed): Finding {
  if (parsed.kind !== 'finding') throw new Error(`expected a finding, got ${parsed.kind} ${parsed.reason}`);
  return parsed.finding;
}

/** Sets one member of a detail, however deep. */
function withMember(path: string, value: unknown): unknown {
  const detail = macieDetail();
  const names = path.split('.');
  let parent: Record<string, unknown> = detail;
  for (const name of names.slice(0, -1)) parent = parent[name] as Record<string, unknown>;
  const last = names.at(-1) ?? '';
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return envelope(detail);
}

describe('parseFinding', () => {
  it('reads a finding in an EventBridge envelope', () => {
    expect(parse(envelope())).toStrictEqual({
      kind: 'finding',
      finding: {
        id,
        type: 'SensitiveData:S3Object/Multiple',
        severity: 'High',
        createdAt,
        object: {
          accountId: '444455556666',
          region: 'us-east-1',
          bucket: 'member-data',
          key: flaggedKey,
          eTag: flaggedETag,
          sizeBytes: Buffer.byteLength(flaggedBytes),
        },
        detections: [
          { kind: 'managed', name: 'NAME', count: 2 },
          { kind: 'custom', name: 'employee-id', id: '0e8eb8a1-1a3a-49ad-992f-0ab825642859', count: 3 },
        ],
        detectionsOmitted: 0,
        omitted: { managed: 0, custom: 0 },
        traits: {
          categories: ['CLASSIFICATION', 'PERSONAL_INFORMATION'],
          discovery: 'automated',
          storageClass: 'STANDARD',
          encryption: 'AES256',
          extension: 'csv',
          partial: false,
          objectTags: [],
          bucketTags: [{ key: 'env', value: 'prod' }],
        },
      },
    });
  });

  it('reads a bare finding like one in an envelope', () => {
    expect(parse(macieDetail())).toStrictEqual(parse(envelope()));
  });

  it('says nothing of a type that a message does not name', () => {
    const { region, bucket, key, accountId } = parsedFinding(parse(envelope())).object;

    expect(parseDetail({ type: null })).toStrictEqual({
      kind: 'rejected',
      reason: 'unsupported-type',
      findingId: id,
      createdAt,
      severity: 'High',
      object: { accountId, region, bucket, key },
    });
  });

  it("takes the object owner's account, not the publisher's", () => {
    expect(parsedFinding(parse(envelope())).object.accountId).toBe('444455556666');
  });

  it('keeps no occurrence: no column, no path', () => {
    const kept = JSON.stringify(parse(envelope()));

    expect(kept).not.toContain('secret-column');
    expect(kept).not.toContain('secret-path');
  });

  it('ignores members and envelope fields that it does not know', () => {
    const extended = envelope(macieDetail({ novelty: { deep: [1] } }, { annotations: ['x'] }), {
      'replay-name': 'r',
    });

    expect(parse(extended)).toStrictEqual(parse(envelope()));
  });

  it('accepts types of sensitive data that do not exist yet', () => {
    expect(parsedFinding(parseDetail({ type: 'SensitiveData:S3Object/Novelty' })).type).toContain('Novelty');
  });

  it.each([{ description: 'Critical' }, { description: 7 }, { score: 4 }, { score: 0 }, 'High', null])(
    'leaves the unknown severity %j out, and never takes it for the least',
    (severity) => {
      expect(parsedFinding(parseDetail({ severity }))).not.toHaveProperty('severity');
    },
  );

  it.each([
    [{ description: 'HIGH' }, 'High'],
    [{ description: ' medium ' }, 'Medium'],
    [{ description: null, score: 3 }, 'High'],
    [{ description: 'Critical', score: '2' }, 'Medium'],
    [{ description: 'Low', score: 3 }, 'Low'],
  ])('reads the severity %j as %s', (severity, read) => {
    expect(parsedFinding(parseDetail({ severity })).severity).toBe(read);
  });

  it('reads samples and archived findings also where the flag is a text', () => {
    expect(parseDetail({ sample: 'true' })).toMatchObject({ kind: 'ignored', reason: 'sample' });
    expect(parseDetail({ archived: 'true' })).toMatchObject({ kind: 'ignored', reason: 'archived' });
    expect(parseDetail({ sample: 'TRUE' })).toMatchObject({ kind: 'ignored', reason: 'sample' });
    expect(parseDetail({ archived: 'True' })).toMatchObject({ kind: 'ignored', reason: 'archived' });
    expect(parseDetail({ sample: 'False', archived: 'false' }).kind).toBe('finding');
  });

  it.each(['yes', '', '1', 1, 0, {}, { value: true }, [true], [null]])(
    'rejects a finding whose flag is %j, because it may be a sample',
    (flag) => {
      for (const name of ['sample', 'archived']) {
        expect(parseDetail({ [name]: flag })).toMatchObject({
          kind: 'rejected',
          reason: 'not-a-finding',
          findingId: macieDetail()['id'],
        });
      }
    },
  );

  it("takes the publisher's region where the finding names none", () => {
    const detail = macieDetail({ region: null });

    expect(parsedFinding(parse(envelope(detail, { region: 'eu-central-1' }))).object.region).toBe(
      'eu-central-1',
    );
    expect(parsedFinding(parse(detail)).object).not.toHaveProperty('region');
  });

  it.each([
    'us-gov-west-1',
    'ap-southeast-4',
    'us-iso-east-1',
    'us-isob-east-1',
    'us-isof-south-1',
    'eu-isoe-west-1',
    'cn-north-1',
    'eusc-de-east-1',
    'us-east-10',
  ])('knows the region %s', (region) => {
    expect(parsedFinding(parseDetail({ region })).object.region).toBe(region);
  });

  it.each(['../us-east-1', 'us-east-1/..', 'us-east-100', 'US-WEST-2 ', 'US-EAST-1', '', 7, {}])(
    'does not take the region %j, which it does not understand, for an absent one',
    (region) => {
      expect(parsedFinding(parse(macieDetail({ region }))).object.region).toBe('unreadable');
      expect(parsedFinding(parseDetail({ region })).object.region).toBe('unreadable');
      const detail = macieDetail({ region: null });
      expect(parsedFinding(parse(envelope(detail, { region }))).object.region).toBe('unreadable');
    },
  );

  it.each<[string, unknown, true | undefined]>([
    ['the mark', [{ key: 'env', value: 'prod' }, { key: 'isolator-released' }], true],
    ['the mark beside a malformed tag', [null, 7, { key: 'isolator-released' }], true],
    ['other tags', [{ key: 'env', value: 'isolator-released' }], undefined],
    ['a list too long to be read', Array.from({ length: 101 }, () => ({ key: 'x' })), true],
    ['what is no list', 'isolator-released', true],
    ['no tags', null, undefined],
  ])('reads from the tags whether the object may have been released: %s', (_, tags, releaseMark) => {
    expect(parsedFinding(parseDetail({}, { tags })).object.releaseMark).toBe(releaseMark);
  });
});

describe('a message that is no finding to act on', () => {
  it.each([
    ['not JSON', 'x'],
    ['nothing', ''],
    ['cut JSON', '{"detail":'],
    ['a JSON text with a byte order mark', `\ufeff${JSON.stringify(envelope())}`],
  ])('rejects %s as not-json', (_, body) => {
    expect(parseFinding(body, sentAt)).toStrictEqual({ kind: 'rejected', reason: 'not-json' });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['a string', 'finding'],
    ['an array', [envelope()]],
    ['an empty object', {}],
    ['an envelope without detail', envelope(null)],
    ['an envelope with an array as detail', envelope([macieDetail()])],
    ['an envelope of something else', envelope({ id: 'x', state: 'running' })],
    ['a Step Functions output', { output: '{}' }],
  ])('rejects %s as not-a-finding', (_, json) => {
    expect(parse(json)).toStrictEqual({ kind: 'rejected', reason: 'not-a-finding' });
  });

  it.each<[string, unknown]>([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 12],
    ['a path', '../../objects/x'],
    ['with a slash', 'a/b'],
    ['with a newline', 'a\nb'],
    ['with a dot', 'a.isolated'],
    ['beginning with a dash', '-rf'],
    ['too long', 'a'.repeat(129)],
  ])('rejects an id that is %s as no-finding-id, before anything else is looked at', (_, value) => {
    const detail = macieDetail({ id: value, sample: true });

    expect(parse(envelope(detail))).toStrictEqual({ kind: 'rejected', reason: 'no-finding-id' });
  });

  it.each([
    ['sample', { sample: true }],
    ['archived', { archived: true }],
    ['policy-finding', { category: 'POLICY' }],
    ['policy-finding', { type: 'Policy:IAMUser/S3BucketPublic', category: null }],
  ])('ignores a finding for the reason %s, and says which it was', (reason, overrides) => {
    expect(parseDetail(overrides)).toMatchObject({ kind: 'ignored', reason, findingId: id, createdAt });
  });

  it('rejects the probe of earlier versions like any message that is no finding', () => {
    const probe = envelope({}, { source: 'macie-isolator', 'detail-type': 'Probe' });

    expect(parse(probe)).toStrictEqual({ kind: 'rejected', reason: 'not-a-finding' });
  });

  it.each([undefined, null, 7, '', 'Other:Thing', 'sensitivedata:S3Object/Personal', 'SensitiveData:<b>'])(
    'rejects the type %j as unsupported-type',
    (type) => {
      expect(parseDetail({ type, category: null })).toMatchObject({
        kind: 'rejected',
        reason: 'unsupported-type',
        findingId: id,
      });
    },
  );
});

describe('an object that is not identified', () => {
  const bucketPath = 'resourcesAffected.s3Bucket.name';
  const objectPath = 'resourcesAffected.s3Object';
  const wrong = [undefined, null, 7, true, [], {}, ''];

  it.each([
    ...[
      'accountId',
      bucketPath,
      `${objectPath}.key`,
      objectPath,
      'resourcesAffected.s3Bucket',
      'resourcesAffected',
    ].flatMap((path) => wrong.map((value): [string, unknown] => [path, value])),
    ['accountId', '44445555666'],
    ['accountId', '44445555666a'],
    ['accountId', '444455556666/../x'],
    ['accountId', '../444455556666'],
    [bucketPath, 'a/b'],
    [bucketPath, '../x'],
    [bucketPath, 'ab'],
    [bucketPath, 'arn:aws:s3:::member-data'],
    [`${objectPath}.key`, 'k'.repeat(1025)],
    [`${objectPath}.key`, `${'é'.repeat(512)}k`],
    [`${objectPath}.key`, 'a\ud800b'],
    [`${objectPath}.key`, 'a\udc00'],
  ])('is rejected as no-identity: %s is %j', (path, value) => {
    expect(parse(withMember(path, value))).toMatchObject({
      kind: 'rejected',
      reason: 'no-identity',
      findingId: id,
    });
  });

  it('says of an object that it does not identify how severe it is and where it lies', () => {
    expect(parseDetail({}, { eTag: null, versionId: null })).toMatchObject({
      reason: 'no-identity',
      severity: 'High',
      object: { accountId: '444455556666', region: 'us-east-1', bucket: 'member-data', key: flaggedKey },
    });
  });

  it('treats every wrong type of eTag and versionId like none', () => {
    for (const value of [undefined, null, 7, true, [], {}, '']) {
      expect(parseDetail({}, { eTag: value, versionId: value })).toMatchObject({ reason: 'no-identity' });
    }
  });

  it.each([
    '*',
    '"*"',
    'W/"07b21b45c9ed4a3fabf8173be102d9c2"',
    '07b21b45',
    `${flaggedETag}-`,
    `${flaggedETag}-123456`,
    `${flaggedETag}\n`,
    `'${flaggedETag}'`,
    `0${flaggedETag}`,
    `${flaggedETag.slice(0, 8)}"${flaggedETag.slice(8)}"`,
    `"${flaggedETag.slice(0, 8)}"${flaggedETag.slice(8)}`,
    'g'.repeat(32),
  ])('takes %j for no ETag', (eTag) => {
    expect(parseDetail({}, { eTag, versionId: null })).toMatchObject({ reason: 'no-identity' });
  });

  it.each([
    '',
    'null',
    '*',
    'a*b',
    'a@b',
    'a~1',
    'a"b',
    "a'b",
    'a b',
    'a\nb',
    'a\u0000',
    'a\u007f',
    'é',
    'v\u202e',
  ])('takes %j for no version id', (versionId) => {
    expect(parseDetail({}, { eTag: null, versionId })).toMatchObject({ reason: 'no-identity' });
    expect(parsedFinding(parseDetail({}, { versionId })).object).not.toHaveProperty('versionId');
  });

  it('takes what is longer than 1,024 characters for no version id', () => {
    expect(parseDetail({}, { eTag: null, versionId: 'v'.repeat(1025) })).toMatchObject({
      reason: 'no-identity',
    });
  });
});

describe('an object that is identified', () => {
  it.each(['', '-12'])('reads an ETag in capitals as S3 gives it: %s', (parts) => {
    const eTag = `${flaggedETag}${parts}`;

    expect(parsedFinding(parseDetail({}, { eTag: eTag.toUpperCase() })).object.eTag).toBe(eTag);
  });

  it('strips the quotes of an ETag', () => {
    expect(parsedFinding(parseDetail({}, { eTag: `"${flaggedETag}"` })).object.eTag).toBe(flaggedETag);
  });

  it('takes the ETag also where it is spelled etag', () => {
    expect(parsedFinding(parseDetail({}, { eTag: undefined, etag: flaggedETag })).object.eTag).toBe(
      flaggedETag,
    );
    expect(parsedFinding(parseDetail({}, { eTag: null, etag: `"${flaggedETag}"` })).object.eTag).toBe(
      flaggedETag,
    );
    expect(parsedFinding(parseDetail({}, { etag: '0'.repeat(32) })).object.eTag).toBe(flaggedETag);
  });

  it('knows the ETag of a multipart upload', () => {
    expect(parsedFinding(parseDetail({}, { eTag: `${flaggedETag}-10000` })).object.eTag).toBe(
      `${flaggedETag}-10000`,
    );
  });

  it('is identified by a version id alone, or by an ETag alone', () => {
    const byVersion = parsedFinding(parseDetail({}, { eTag: '*', versionId: realVersionId })).object;
    const byETag = parsedFinding(parseDetail({}, { versionId: 'null' })).object;

    expect(byVersion.versionId).toBe(realVersionId);
    expect(byVersion).not.toHaveProperty('eTag');
    expect(byETag.eTag).toBe(flaggedETag);
    expect(byETag).not.toHaveProperty('versionId');
  });

  it.each([
    'a+b%20c&d?e=f#g',
    '%2e%2e%2f',
    '/leading',
    'a//b',
    '../up',
    'é',
    'e\u0301',
    '漢字',
    '😀',
    'line\nbreak',
    ' ',
    '\u0000',
    '\u202egnp.exe',
    'a\\b',
  ])('never decodes, trims or normalises the key %j', (key) => {
    expect(parsedFinding(parseDetail({}, { key })).object.key).toBe(key);
  });

  it.each(['k'.repeat(1024), 'é'.repeat(512), '😀'.repeat(256)])('accepts a key of 1,024 bytes', (key) => {
    expect(parsedFinding(parseDetail({}, { key })).object.key).toBe(key);
  });

  it.each([undefined, null, '80 MB', '-1', -1, 1.5, 1e300])('leaves the size %j out', (size) => {
    expect(parsedFinding(parseDetail({}, { size })).object).not.toHaveProperty('sizeBytes');
  });

  it('reads a size that is written as text', () => {
    expect(parsedFinding(parseDetail({}, { size: '80' })).object.sizeBytes).toBe(80);
  });

  it('accepts the size of an empty object and of the largest', () => {
    expect(parsedFinding(parseDetail({}, { size: 0 })).object.sizeBytes).toBe(0);
    expect(parsedFinding(parseDetail({}, { size: 50 * 1024 ** 4 })).object.sizeBytes).toBe(50 * 1024 ** 4);
  });
});

describe('the date of a finding', () => {
  it.each([
    ['2020-10-26 13:47:03.127000+00:00', '2020-10-26T13:47:03.127Z'],
    ['2020-10-26T13:47:03Z', '2020-10-26T13:47:03.000Z'],
    ['2020-10-26 13:47:03', '2020-10-26T13:47:03.000Z'],
    ['2020-10-26T15:47:03.5+0200', '2020-10-26T13:47:03.500Z'],
  ])('is read where it is written %s', (written, read) => {
    expect(parsedFinding(parseDetail({ createdAt: written })).createdAt.toISOString()).toBe(read);
  });

  it('falls back to the time of the event also where it is not understood', () => {
    expect(parsedFinding(parseDetail({ createdAt: 'yesterday' })).createdAt).toStrictEqual(
      new Date('2026-11-20T19:46:53Z'),
    );
  });

  it('falls back to the time of the event', () => {
    expect(parsedFinding(parseDetail({ createdAt: null })).createdAt).toStrictEqual(
      new Date('2026-11-20T19:46:53Z'),
    );
  });

  it.each([
    '',
    'yesterday',
    '+275760-09-13T00:00:00.000Z',
    '-000001-01-01T00:00:00Z',
    '1970-01-01T00:00:00Z',
    '2200-01-01T00:00:00Z',
    '2999-01-01T00:00:00Z',
    '2026-13-45T00:00:00Z',
    'on 2020-10-26T13:47:03Z',
    '2020-10-26T13:47:03Z, or later',
    '../../x',
    1_700_000_000,
    {},
  ])('falls back to when the message was sent, or the event happened, where it is %j', (value) => {
    const bare = parsedFinding(parse(macieDetail({ createdAt: value })));

    expect(bare.createdAt).toStrictEqual(sentAt);
  });
});

describe('detections', () => {
  const findingWith = (result: unknown) => parsedFinding(parseDetail({ classificationDetails: { result } }));
  const withResult = (result: unknown) => findingWith(result).detections;

  it.each([undefined, null, {}, { sensitiveData: null, customDataIdentifiers: null }])(
    'are none where the result is %j',
    (result) => {
      expect(findingWith(result)).toMatchObject({ detections: [], detectionsOmitted: 0 });
    },
  );

  it.each([
    [7, 1],
    [[], 1],
    ['x', 1],
    [{ sensitiveData: {}, customDataIdentifiers: [] }, 2],
    [{ sensitiveData: ['x'], customDataIdentifiers: { detections: 'x' } }, 2],
    [{ sensitiveData: [{ detections: 'x' }] }, 1],
  ])('are said to be left out where the result %j is not understood', (result, detectionsOmitted) => {
    expect(findingWith(result)).toMatchObject({ detections: [], detectionsOmitted });
  });

  it('are said to be left out where nothing of the classification is understood', () => {
    const about = parsedFinding(parseDetail({ classificationDetails: 'x' }));

    expect(about).toMatchObject({ detections: [], detectionsOmitted: 1, omitted: { managed: 1, custom: 0 } });
  });

  it('counts by a number that is written as text', () => {
    const result = {
      sensitiveData: [{ detections: [{ type: 'NAME', count: '30' }] }],
      customDataIdentifiers: { detections: [{ name: 'Patient ID', count: '007' }] },
    };

    expect(withResult(result)).toStrictEqual([
      { kind: 'managed', name: 'NAME', count: 30 },
      { kind: 'custom', name: 'Patient ID', count: 7 },
    ]);
  });

  it('does not know how often there is what has no sound count', () => {
    for (const count of [undefined, null, '', '1,000', '-1', -1, 1.5, '9'.repeat(30)]) {
      const result = { customDataIdentifiers: { detections: [{ name: 'Patient ID', count }] } };
      expect(withResult(result)).toStrictEqual([{ kind: 'custom', name: 'Patient ID' }]);
    }
  });

  it('are cut to 100 of each kind and the rest counted, each name to 128 characters', () => {
    const long = 'N'.repeat(2000);
    const detections = Array.from({ length: 250 }, () => ({ type: long, name: long, count: 1 }));
    const both = findingWith({
      sensitiveData: [{ detections }],
      customDataIdentifiers: { detections: [...detections, null] },
    });

    expect(both.detections.filter(({ kind }) => kind === 'managed')).toHaveLength(100);
    expect(both.detections.filter(({ kind }) => kind === 'custom')).toHaveLength(100);
    expect(both.detectionsOmitted).toBe(301);
    for (const { name } of both.detections) expect(name).toHaveLength(128);
  });

  it.each([[null], [{ name: null, count: 1 }], [{ count: 1 }], ['x']])(
    'are not hidden by a malformed one: %j',
    (malformed) => {
      const detections = [malformed, { name: 'Patient ID', count: 2 }];
      const detail = macieDetail({
        classificationDetails: { result: { customDataIdentifiers: { detections } } },
      });
      const parsed = parse(envelope(detail));

      expect(parsed).toMatchObject({
        finding: {
          detections: [{ kind: 'custom', name: 'Patient ID', count: 2 }],
          detectionsOmitted: 1,
        },
      });
    },
  );
});

/** The path of every member, however deep. */
function membersOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    [name],
    ...membersOf(member).map((path) => [name, ...path]),
  ]);
}

describe('hostile bodies', () => {
  it('reads a body of 1 MiB', () => {
    const padding = 'x'.repeat(1024 ** 2);

    expect(parse(envelope(macieDetail({ padding }))).kind).toBe('finding');
    expect(parseFinding(padding, sentAt)).toStrictEqual({ kind: 'rejected', reason: 'not-json' });
  });

  it('survives deep nesting', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const deepDetail = JSON.stringify(envelope(macieDetail({ padding: 0 }))).replace(
      '"padding":0',
      `"padding":${deep}`,
    );

    expect(parseFinding(deep, sentAt)).toMatchObject({ kind: 'rejected' });
    expect(parseFinding(deepDetail, sentAt).kind).toBe('finding');
  });

  it('takes nothing from __proto__, constructor or prototype keys', () => {
    const poison =
      '{"__proto__":{"sample":true,"archived":true},"constructor":{"prototype":{"polluted":true}}';
    const body = JSON.stringify(envelope()).replace('"detail":{', `"detail":${poison},`);

    expect(parseFinding(body, sentAt).kind).toBe('finding');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(parseFinding(`{"__proto__":${JSON.stringify(macieDetail())}}`, sentAt)).toMatchObject({
      reason: 'not-a-finding',
    });
  });

  const boundedOnly = (parsed: Parsed) => {
    if (parsed.kind === 'finding') return;
    const { kind, reason, findingId, createdAt: date, type, severity, object, ...rest } = parsed;
    expect(rest).toStrictEqual({});
    expect([undefined, 'Low', 'Medium', 'High']).toContain(severity);
    if (object !== undefined) {
      const { accountId, region, bucket, key, ...more } = object;
      expect(more).toStrictEqual({});
      expect(accountId).toMatch(/^\d{12}$/);
      expect(region ?? 'us-east-1').toMatch(/^([a-z]{2,8}(-[a-z]+)+-\d{1,2}|unreadable)$/);
      expect(bucket).toMatch(/^[A-Za-z0-9._-]{3,255}$/);
      expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
    }
    expect(['ignored', 'rejected']).toContain(kind);
    expect(reason).toMatch(/^[a-z-]+$/);
    if (findingId !== undefined) expect(findingId).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/);
    if (type !== undefined) expect(type).toMatch(/^[A-Za-z0-9:/_-]{1,128}$/);
    if (date !== undefined) expect(Number.isFinite(date.getTime())).toBe(true);
  };

  it('never throws on any text, and gives nothing of it back but checked fields', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (body) => boundedOnly(parseFinding(body, sentAt))),
    );
  });

  it('never throws on any JSON, and gives nothing of it back but checked fields', () => {
    fc.assert(fc.property(fc.json(), (body) => boundedOnly(parseFinding(body, sentAt))));
  });

  it('gives back every finding as it was put into a message, its key to the byte', () => {
    fc.assert(
      fc.property(arbitraryFinding, (about) => {
        const parsed = parsedFinding(parseFinding(messageAbout(about).body, sentAt));
        const { detections, omitted, traits } = parsedFinding(parse(envelope()));
        expect(parsed).toStrictEqual({ ...about, detections, omitted, traits });
      }),
    );
  });

  describe('with personal data in any place', () => {
    const secret = fc.string().map((rest) => `Jane Doe ${rest}`);
    const silent = (body: string) =>
      expect(JSON.stringify(parseFinding(body, sentAt))).not.toContain('Jane Doe');

    it('are not echoed: instead of a member, or as one that is not known', () => {
      // A key, and the names of what was found, are what records are about.
      const told = /s3Object,key$|detections,\d+,(type|name)$|tags,\d+,(key|value)$/;
      const members = membersOf(envelope()).filter((path) => !told.test(String(path)));
      fc.assert(
        fc.property(fc.constantFrom(...members), secret, fc.boolean(), (path, text, known) => {
          const body = envelope();
          let parent = body;
          for (const name of path.slice(0, -1)) parent = parent[name] as typeof body;
          parent[known ? (path.at(-1) ?? '') : text] = text;
          silent(JSON.stringify(body));
        }),
        { numRuns: 500 },
      );
    });

    it('are not echoed: in a text that is cut, or no JSON at all', () => {
      fc.assert(
        fc.property(secret, fc.nat({ max: 200 }), (text, cut) => {
          silent(text);
          silent(JSON.stringify(envelope({ text })).slice(0, -cut || undefined));
        }),
      );
    });
  });

  const paths = [
    'id',
    'accountId',
    'region',
    'type',
    'category',
    'severity',
    'severity.description',
    'createdAt',
    'sample',
    'archived',
    'resourcesAffected',
    'resourcesAffected.s3Bucket',
    'resourcesAffected.s3Bucket.name',
    'resourcesAffected.s3Object',
    'resourcesAffected.s3Object.key',
    'resourcesAffected.s3Object.eTag',
    'resourcesAffected.s3Object.versionId',
    'resourcesAffected.s3Object.size',
    'classificationDetails',
    'classificationDetails.result',
    'classificationDetails.result.sensitiveData',
    'classificationDetails.result.customDataIdentifiers',
    'classificationDetails.result.customDataIdentifiers.detections',
  ];

  it('never throws whatever one member of a finding is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        boundedOnly(parse(withMember(path, value)));
      }),
    );
  });

  it('treats null like absent everywhere', () => {
    for (const path of paths) {
      expect(parse(withMember(path, null)), path).toStrictEqual(parse(withMember(path, undefined)));
    }
  });

  it('treats a wrong type like absent, but where absence would permit or hide something', () => {
    const careful = /^(region|sample|archived)$|tags$|^classificationDetails/;
    for (const path of paths.filter((each) => !careful.test(each))) {
      for (const wrong of [[[]], [null], path.endsWith('size') ? 'x' : 7]) {
        expect(parse(withMember(path, wrong)), path).toStrictEqual(parse(withMember(path, undefined)));
      }
    }
  });

  it.each([
    ['0e8eb8a1-1a3a-49ad-992f-0ab825642859', '0e8eb8a1-1a3a-49ad-992f-0ab825642859'],
    ['arn:aws:macie2:us-east-1:111122223333:custom-data-identifier/0e8e', '0e8e'],
    ['s3://a/b', undefined],
  ])('knows a custom identifier by the id in its member arn: %s', (arn, id) => {
    const detections = [{ arn, count: 3, name: 'employee-id' }];
    const classificationDetails = { result: { customDataIdentifiers: { detections } } };

    const parsed = parseFinding(
      JSON.stringify(envelope({ ...macieDetail(), classificationDetails })),
      new Date(),
    );

    const found = { kind: 'custom', name: 'employee-id', count: 3, ...(id && { id }) };
    expect(parsed).toMatchObject({ finding: { detections: [found] } });
    expect(parsed.kind === 'finding' && parsed.finding.detections).toStrictEqual([found]);
  });
});
