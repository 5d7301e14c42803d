/** A field of a command's rows: its name in JSON, and its title in a table. */
export interface Column<Row> {
  /** In snake_case, as in records. */
  readonly name: string;
  readonly title: string;
  value(row: Row): string | number | boolean | null;
  /** The table shows this column only if `--fields` names it. */
  readonly isDetail?: true;
  /** The values are copied by people, such as ids: a table never breaks them. */
  readonly isWhole?: true;
}
