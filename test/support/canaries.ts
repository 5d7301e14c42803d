import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { customIdentifiers, managedIdentifiers } from '../../src/local/macie/identifiers.ts';
import { scanCsv } from '../../src/local/macie/scan-csv.ts';

/** A table with a value of its own in each sensitive column, which is found there, and with column names of its own. */
export interface Planted {
  readonly csv: string;
  readonly values: readonly string[];
  /** Which identifiers find them. */
  readonly identifiers: readonly string[];
}

/** Part of every column name, so that no other word can be taken for one. */
export const columnMark = 'zqcolumn';

/** What a value that must not leak looks like; no other value of the tables does. */
const makers: readonly ((number: string) => string)[] = [
  (number) => `ca9a27e0-0000-4000-8000-00000000${number}`,
  (number) => `Z9999${number}`,
  (number) => `X9999${number}X`,
  (number) => `Canary${[...number].map((digit) => 'abcdefghij'[Number(digit)]).join('')}`,
  (number) => `seen by Dr. Canary Bird${[...number].map((digit) => 'abcdefghij'[Number(digit)]).join('')}`,
  (number) => `9${number} Canary Street`,
  (number) => `999-555-${number}`,
  (number) => `10${number.slice(2)}-10-14`,
  (number) => `978-65-${number}`,
  (number) => `(01)9999999999${number}`,
];

export function createPlanter(): (csv: string) => Planted {
  let planted = 0;
  return (csv) => {
    const [header = [], ...rows] = parse(csv);
    const columnNames = header.map((name) => `${name} ${columnMark}`);
    const found = columnNames.flatMap((name, column) => {
      const lines = rows.map((cells) => cells[column] ?? '');
      return identifiersOf(name, lines).map((identifier) => {
        planted += 1;
        const value = valueFor(name, identifier, String(planted).padStart(4, '0'));
        const at = rows.findIndex((cells) => scanColumn(name, [cells[column] ?? '']).has(identifier));
        rows[at] = (rows[at] ?? []).with(column, value);
        return { value, identifier };
      });
    });
    return {
      csv: stringify([columnNames, ...rows]),
      values: found.map(({ value }) => value),
      identifiers: found.map(({ identifier }) => identifier),
    };
  };
}

const scanColumn = (name: string, lines: readonly string[]) =>
  new Map(
    scanCsv(stringify([[name], ...lines.map((line) => [line])])).map((found) => [
      found.identifier.name,
      found.count,
    ]),
  );

const identifiersOf = (name: string, lines: readonly string[]) => [...scanColumn(name, lines).keys()];

function valueFor(column: string, identifier: string, number: string): string {
  const value = makers.map((make) => make(number)).find((text) => scanColumn(column, [text]).has(identifier));
  if (value === undefined) throw new Error(`no canary for ${identifier} in ${column}`);
  return value;
}

/** So that a new identifier gets a canary: every one that the scanner knows has to be planted. */
export const identifierNames = new Set([...managedIdentifiers, ...customIdentifiers].map(({ name }) => name));
