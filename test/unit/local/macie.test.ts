import { describe, expect, it } from 'vitest';
import { parseFinding } from '../../../src/core/parse/parse-finding.ts';
import { macieFinding, type ScannedObject } from '../../../src/local/macie/finding.ts';
import { scanCsv } from '../../../src/local/macie/scan-csv.ts';
import { generateTables } from '../../../src/local/synthea/generate.ts';

const scanned = (overrides: Partial<ScannedObject> = {}): ScannedObject => ({
  account: '111122223333',
  region: 'us-east-1',
  bucket: 'data',
  key: 'hr/people.csv',
  sizeBytes: 80,
  eTag: '07b21b45c9ed4a3fabf8173be102d9c2',
  lastModified: new Date('2026-11-19T08:00:00Z'),
  storageClass: 'STANDARD',
  ...overrides,
});
const createdAt = new Date('2026-11-20T19:46:53.031Z');

describe('a scan of the sixteen tables', () => {
  it.each([1, 2, 3, 2026])('finds with seed %i what the original demo found', (seed) => {
    const findings = [...generateTables({ seed, full: false })].flatMap(([table, csv]) => {
      const detections = scanCsv(csv);
      return detections.length > 0 ? [{ table, ...macieFinding(scanned(), detections, createdAt) }] : [];
    });
    const count = (of: (finding: (typeof findings)[number]) => boolean) => findings.filter(of).length;

    expect(findings).toHaveLength(15);
    expect(findings.map(({ table }) => table)).not.toContain('supplies');
    expect(count(({ type }) => type.endsWith('/Personal'))).toBe(3);
    expect(count(({ type }) => type.endsWith('/CustomIdentifier'))).toBe(7);
    expect(count(({ type }) => type.endsWith('/Multiple'))).toBe(5);
    expect(count(({ severity }) => severity.description === 'High')).toBe(6);
    expect(count(({ severity }) => severity.description === 'Medium')).toBe(9);
  });
});

describe('a scan', () => {
  it('counts a custom identifier only in columns whose name holds a keyword', () => {
    const id = '860152c6-5bb7-40c3-80cd-a7b8804fee6e';

    expect(scanCsv(`PATIENT,ENCOUNTER\n${id},${id}\n${id},x\n`)).toMatchObject([
      {
        identifier: { name: 'Patient ID' },
        count: 2,
        cells: [
          { row: 2, column: 1, columnName: 'PATIENT' },
          { row: 3, column: 1, columnName: 'PATIENT' },
        ],
      },
    ]);
  });

  it.each([
    ['a US driver license', 'DRIVERS', 'S99966563', 'US Driver License'],
    ['a US passport', 'PASSPORT', 'X36719624X', 'US Passport'],
    ['a social security number', 'SSN', '999-54-2232', 'USA_SOCIAL_SECURITY_NUMBER'],
    ['a date of birth', 'BIRTHDATE', '1953-05-19', 'DATE_OF_BIRTH'],
    ['an address', 'WHERE', '335 Quarry Street', 'ADDRESS'],
    ['a telephone number', 'PHONE', '617-555-2376', 'PHONE_NUMBER'],
    ['a name', 'LAST', 'Jacobs', 'NAME'],
    ['a name in free text', 'DESCRIPTION', 'Seen by Dr. Ana Feest', 'NAME'],
    ['a device identifier', 'UDI', '(01)35228859509890(11)204672', 'MEDICAL_DEVICE_UDI'],
  ])('finds the detection of %s', (_, column, value, name) => {
    expect(scanCsv(`${column}\n${value}\n`).map(({ identifier }) => identifier.name)).toEqual([name]);
  });

  it.each([
    ['an empty file', ''],
    ['a header alone', 'PATIENT,SSN\n'],
    ['numbers that are too long', 'PASSPORT,SSN\nX123456789X,1999-54-22321\n'],
    ['dates of something else', 'START\n1953-05-19\n'],
  ])('finds no detection in %s', (_, csv) => {
    expect(scanCsv(csv)).toEqual([]);
  });

  it('gives the places of fifteen occurrences at most, and counts all', () => {
    const [detection] = scanCsv(`SSN\n${'999-54-2232\n'.repeat(40)}`);

    expect(detection?.count).toBe(40);
    expect(detection?.cells).toHaveLength(15);
  });
});

describe('a finding', () => {
  it('is one that the worker understands', () => {
    const detections = scanCsv('SSN,PATIENT\n999-54-2232,860152c6-5bb7-40c3-80cd-a7b8804fee6e\n');
    const detail = macieFinding(scanned({ versionId: 'v1' }), detections, createdAt);

    expect(parseFinding(JSON.stringify(detail), createdAt)).toMatchObject({
      kind: 'finding',
      finding: {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        type: 'SensitiveData:S3Object/Multiple',
        severity: 'High',
        object: {
          accountId: '111122223333',
          bucket: 'data',
          key: 'hr/people.csv',
          versionId: 'v1',
          eTag: '07b21b45c9ed4a3fabf8173be102d9c2',
        },
        detections: [
          { kind: 'managed', name: 'USA_SOCIAL_SECURITY_NUMBER', count: 1 },
          { kind: 'custom', name: 'Patient ID', count: 1 },
        ],
      },
    });
  });

  it('says "" for the version of an object in an unversioned bucket, as Macie does', () => {
    const detail = macieFinding(scanned(), scanCsv('SSN\n999-54-2232\n'), createdAt);

    expect(detail.resourcesAffected.s3Object.versionId).toBe('');
  });

  it('has one id an object and scan', () => {
    const detections = scanCsv('SSN\n999-54-2232\n');
    const id = (object: ScannedObject, at = createdAt) => macieFinding(object, detections, at).id;

    expect(id(scanned())).not.toBe(id(scanned({ key: 'other.csv' })));
    expect(id(scanned())).not.toBe(id(scanned(), new Date('2026-11-21T00:00:00Z')));
  });

  it('has no extension where the key has none, whatever its folders are called', () => {
    const detail = macieFinding(scanned({ key: 'a.b/c' }), [], createdAt);

    expect(detail.resourcesAffected.s3Object.extension).toBe('');
  });
});
