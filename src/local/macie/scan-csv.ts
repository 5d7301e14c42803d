import { parse } from 'csv-parse/sync';
import { customIdentifiers, type Identifier, managedIdentifiers } from './identifiers.ts';

export interface Cell {
  /** Starts at 1, which is the header. */
  readonly row: number;
  /** Starts at 1. */
  readonly column: number;
  readonly columnName: string;
}

export interface Detection {
  readonly identifier: Identifier;
  readonly count: number;
  /** The first fifteen cells, since a finding gives no more. */
  readonly cells: readonly Cell[];
}

const cellLimit = 15;

/** Scans a CSV file with a header. Returns a detection for each identifier that was found. */
export function scanCsv(csv: string): readonly Detection[] {
  const rows: string[][] = parse(csv, { relax_column_count: true });
  const header = rows[0] ?? [];
  const detections = new Map<string, Detection>();
  for (const identifier of [...managedIdentifiers, ...customIdentifiers]) {
    for (const [index, columnName] of header.entries()) {
      if (!isLookedAt(columnName, identifier)) continue;
      const matching = rows.flatMap((cells, at) =>
        at > 0 && identifier.pattern.test(cells[index] ?? '')
          ? [{ row: at + 1, column: index + 1, columnName }]
          : [],
      );
      if (matching.length === 0) continue;
      const earlier = detections.get(identifier.name);
      detections.set(identifier.name, {
        identifier,
        count: (earlier?.count ?? 0) + matching.length,
        cells: [...(earlier?.cells ?? []), ...matching].slice(0, cellLimit),
      });
    }
  }
  return [...detections.values()];
}

function isLookedAt(columnName: string, { keywords }: Identifier): boolean {
  const name = columnName.toLowerCase();
  return keywords?.some((keyword) => name.includes(keyword)) ?? true;
}
