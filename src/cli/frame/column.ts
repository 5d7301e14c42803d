/** A field of a command's rows: its name in JSON, and its title in a table. */
export interface Column<Row> {
  /** In snake_case, as in records. */
  readonly name: string;
  readonly title: string;
  value(row: Row): string | number | boolean | null | Readonly<Record<string, unknown>>;
  /** The cell of the table; default: the value. */
  text?(row: Row): string;
  /** The table shows this column only if `--fields` names it. */
  readonly isDetail?: true;
  /** The values are copied by people, such as ids: a table never breaks them. */
  readonly isWhole?: true;
  /** The values are sentences: a table breaks them between words. */
  readonly isProse?: true;
}

/** Returns a value as a table shows it. Control characters are not escaped yet. */
export function cellText<Row>(column: Column<Row>, row: Row): string {
  if (column.text !== undefined) return column.text(row);
  const value = column.value(row);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '-');
}
