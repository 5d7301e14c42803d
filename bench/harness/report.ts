import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Figure, Reach, Row, RowResult } from './row.ts';
import { spreadBound } from './statistics.ts';

/** One row as the JSON report has it. */
export interface Reported {
  readonly number: number;
  readonly what: string;
  readonly against: string;
  readonly measuredAt: string;
  readonly machine: string;
  /** The machine's load average over a minute, before the row and at its end: what else it had to do. */
  readonly load: readonly [before: number, after: number];
  readonly result: RowResult | { readonly failed: string };
}

export async function report(row: Row, run: () => Promise<RowResult>): Promise<Reported> {
  const [before = 0] = loadavg();
  const result = await run().catch((error: unknown) => ({
    failed: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
  }));
  const [after = 0] = loadavg();
  const { number, what, against } = row;
  return {
    number,
    what,
    against,
    measuredAt: new Date().toISOString(),
    machine: `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    load: [before, after],
    result,
  };
}

export function markdown(rows: readonly Reported[], all: readonly Row[]): string {
  const lines = all.flatMap((row) => {
    const found = rows.find(({ number }) => number === row.number);
    return found
      ? tableLines(found)
      : [cells([row.number, row.what, row.against, '', 'not measured', '', ''])];
  });
  const notes = rows.flatMap(({ number, result, measuredAt, load }) => [
    `**${number}** (${measuredAt.slice(0, 16).replace('T', ' ')} UTC, load ${load.map((value) => value.toFixed(1)).join(' to ')})`,
    ...('failed' in result ? [] : result.parts).map((part) => `- ${part}`),
    '',
  ]);
  return [
    `# Benchmark report`,
    '',
    ...new Set(rows.map(({ machine }) => `On ${machine}.`)),
    '',
    `Medians of interleaved runs. Spread is the distance between the quartiles as a share of the median; above ${spreadBound} no figure is given.`,
    '',
    '| # | what | against | reach | measured | spread | |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
    '## Parts',
    '',
    ...notes,
  ].join('\n');
}

function tableLines({ number, what, against, result }: Reported): string[] {
  if ('failed' in result) return [cells([number, what, against, '', 'not measured', '', result.failed])];
  return result.figures.map((figure, index) =>
    cells([
      index === 0 ? number : '',
      index === 0 ? what : '',
      index === 0 ? against : '',
      reachText(figure.reach),
      `${isNoise(figure) ? '' : `${figureText(figure.value.median)} `}${figure.name}`,
      figure.value.samples.length > 1 ? figure.value.spread.toFixed(2) : 'one run',
      verdict(figure),
    ]),
  );
}

function cells(values: readonly (string | number)[]): string {
  return `| ${values.join(' | ')} |`;
}

function figureText(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function reachText(reach: Reach | undefined): string {
  if (reach === undefined) return '';
  return 'atLeast' in reach ? `≥ ${figureText(reach.atLeast)}` : `≤ ${figureText(reach.atMost)}`;
}

function isNoise({ value }: Figure): boolean {
  return value.spread > spreadBound || Number.isNaN(value.median);
}

/** A machine that is too noisy gives no figure. */
export function verdict(figure: Figure): string {
  const { reach, value } = figure;
  if (isNoise(figure)) return 'cannot be measured: the machine is too noisy';
  if (reach === undefined) return '';
  const reached = 'atLeast' in reach ? value.median >= reach.atLeast : value.median <= reach.atMost;
  return reached ? 'reached' : 'missed';
}
