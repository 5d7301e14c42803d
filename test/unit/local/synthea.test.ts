import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { generateTables } from '../../../src/local/synthea/generate.ts';
import { createRandom } from '../../../src/local/synthea/random.ts';
import { columns, fullRowCounts, tableNames } from '../../../src/local/synthea/tables.ts';

type Rows = Record<string, string>[];

const rowsOf = (csv: string | undefined): Rows => parse(csv ?? '', { columns: true });

describe('the sixteen tables', () => {
  it('are the same bytes for the same seed, and others for another', () => {
    const digest = (seed: number) =>
      createHash('sha256')
        .update([...generateTables({ seed, full: false }).values()].join(''))
        .digest('hex');

    expect(digest(7)).toBe(digest(7));
    expect(digest(7)).not.toBe(digest(8));
  });

  it('have the columns and, in full, the row counts of the original', () => {
    const tables = generateTables({ seed: 1, full: true });

    expect([...tables.keys()]).toEqual(tableNames);
    for (const [name, csv] of tables) {
      const lines = csv.split('\n').slice(0, -1);
      expect(lines[0]).toBe(columns[name].join(','));
      expect(lines.length - 1, name).toBe(fullRowCounts[name]);
    }
  });

  it('refer to rows that exist', () => {
    const tables = generateTables({ seed: 1, full: false });
    const ids = (table: 'patients' | 'encounters' | 'organizations' | 'providers' | 'payers') =>
      new Set(rowsOf(tables.get(table)).map((row) => row['Id']));
    const known = {
      PATIENT: ids('patients'),
      ENCOUNTER: ids('encounters'),
      ORGANIZATION: ids('organizations'),
      PROVIDER: ids('providers'),
      PAYER: ids('payers'),
    };

    for (const csv of tables.values()) {
      for (const row of rowsOf(csv)) {
        for (const [column, among] of Object.entries(known)) {
          if (row[column] !== undefined) expect(among.has(row[column])).toBe(true);
        }
      }
    }
  });

  it('hold people who look like people', () => {
    const [first] = rowsOf(generateTables({ seed: 1, full: false }).get('patients'));

    expect(first).toMatchObject({
      SSN: expect.stringMatching(/^999-\d\d-\d{4}$/),
      DRIVERS: expect.stringMatching(/^S99\d{6}$/),
      PASSPORT: expect.stringMatching(/^X\d{8}X$/),
      BIRTHDATE: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
  });
});

describe('a seeded random source', () => {
  it('depends on everything that seeds it', () => {
    expect(createRandom(1, 'a').next()).toBe(createRandom(1, 'a').next());
    expect(createRandom(1, 'a').next()).not.toBe(createRandom(1, 'b').next());
  });

  it('gives UUIDs of version 4, whole numbers in bounds, and nothing from an empty list', () => {
    const random = createRandom(1);

    for (let round = 0; round < 1_000; round += 1) {
      expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect([3, 4, 5]).toContain(random.integer(3, 5));
    }
    expect(() => random.pick([])).toThrow('nothing');
  });
});
