import { stringify } from 'csv-stringify/sync';
import type { Ids } from './cells.ts';
import { createRandom } from './random.ts';
import { rowMakers } from './rows.ts';
import { columns, fullRowCounts, type TableName, tableNames } from './tables.ts';

export interface GenerateOptions {
  readonly seed: number;
  /** The row counts of the original demo; else no table has more than 2,500 rows. */
  readonly full: boolean;
}

/** Enough for every severity that the full tables have, and scanned in a moment. */
const rowLimit = 2_500;

export function rowCount(table: TableName, full: boolean): number {
  return full ? fullRowCounts[table] : Math.min(fullRowCounts[table], rowLimit);
}

/**
 * The sixteen tables of a Synthea export as CSV, the same bytes for the same seed: Synthea's names,
 * columns and references between tables. Approximated: people live no lives here, so dates and diagnoses
 * of one patient do not fit together; the vocabulary is short; and descriptions of encounters and
 * procedures, and the answers among the observations, name a clinician, which Synthea's do not, as the
 * free text of real records does.
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
