import { stringify } from 'csv-stringify/sync';
import type { Ids } from './cells.ts';
import { createRandom } from './random.ts';
import { rowMakers } from './rows.ts';
import { columns, fullRowCounts, type TableName, tableNames } from './tables.ts';

export interface GenerateOptions {
  readonly seed: number;
  /** Whether to generate the row counts of the original demo. Otherwise no table has more than 2,500 rows. */
  readonly full: boolean;
}

/** This many rows produce every severity that the full tables have, and are scanned in a moment. */
const rowLimit = 2_500;

export function rowCount(table: TableName, full: boolean): number {
  return full ? fullRowCounts[table] : Math.min(fullRowCounts[table], rowLimit);
}

/**
 * Generates the sixteen tables of a Synthea export as CSV, with the same bytes for the same seed, and with
 * Synthea's names, columns and references between tables. Approximations: patients have no life stories, so
 * the dates and diagnoses of a patient do not fit together, and the vocabulary is short. Descriptions of
 * encounters and procedures, and answers among the observations, name a clinician, as the free text of real
 * records does; in Synthea they do not.
 */
export function generateTables({ seed, full }: GenerateOptions): ReadonlyMap<TableName, string> {
  const ids: Ids = {
    patients: idsOf('patients', seed, full),
    encounters: idsOf('encounters', seed, full),
    organizations: idsOf('organizations', seed, full),
    providers: idsOf('providers', seed, full),
    payers: idsOf('payers', seed, full),
  };
  return new Map(tableNames.map((table) => [table, generateTable(table, ids, seed, full)]));
}

function generateTable(table: TableName, ids: Ids, seed: number, full: boolean): string {
  const random = createRandom(seed, table);
  const rows = Array.from({ length: rowCount(table, full) }, (_, at) => rowMakers[table](random, ids, at));
  return stringify(rows, { header: true, columns: columns[table] });
}

function idsOf(table: TableName, seed: number, full: boolean): readonly string[] {
  const random = createRandom(seed, table, 'ids');
  return Array.from({ length: rowCount(table, full) }, () => random.uuid());
}
