import type { DemoFile, DemoResult } from './run-demo.ts';

export interface Totals {
  readonly findings: {
    readonly total: number;
    readonly byType: Readonly<Record<string, number>>;
    readonly bySeverity: Readonly<Record<string, number>>;
  };
  readonly outcomes: Readonly<Record<string, number>>;
}

export function totalsOf(files: readonly DemoFile[]): Totals {
  const found = files.filter(({ findingType }) => findingType !== undefined);
  return {
    findings: {
      total: found.length,
      byType: count(found.map(({ findingType = '' }) => kindOf(findingType))),
      bySeverity: count(found.map(({ severity = '' }) => severity)),
    },
    outcomes: count(found.map(({ outcome = 'none' }) => outcome)),
  };
}

export const kindOf = (findingType: string) => findingType.slice(findingType.lastIndexOf('/') + 1);

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** The numbers of the original demo. */
const expected: Totals = {
  findings: {
    total: 15,
    byType: { CustomIdentifier: 7, Multiple: 5, Personal: 3 },
    bySeverity: { High: 6, Medium: 9 },
  },
  outcomes: { alerted: 9, isolated: 6 },
};

/** Compares the buckets with the promises of the demo. Returns a sentence for each difference. */
export function differences({ files, alerts }: DemoResult): readonly string[] {
  const totals = totalsOf(files);
  const wrong: string[] = [];
  if (JSON.stringify(totals) !== JSON.stringify(expected)) {
    wrong.push(`the totals are ${JSON.stringify(totals)}, not ${JSON.stringify(expected)}`);
  }
  for (const { name, severity, place } of files) {
    const right = severity === 'High' ? 'isolation bucket' : 'data bucket';
    if (place !== right) wrong.push(`${name} (${severity ?? 'clean'}) is in ${place}, not in the ${right}`);
  }
  if (alerts.length !== expected.findings.total) {
    wrong.push(`${alerts.length} alerts came, not ${expected.findings.total}`);
  }
  return wrong;
}

/** Compares the buckets with the records, for a policy whose results the demo cannot know. */
export function differencesByRecord({ files }: DemoResult): readonly string[] {
  const { findings } = totalsOf(files);
  const wrong: string[] = [];
  if (JSON.stringify(findings) !== JSON.stringify(expected.findings)) {
    wrong.push(`the findings are ${JSON.stringify(findings)}, not ${JSON.stringify(expected.findings)}`);
  }
  for (const { name, outcome, place } of files) {
    const right = outcome === 'isolated' ? 'isolation bucket' : 'data bucket';
    if (place !== right) wrong.push(`${name} (${outcome ?? 'clean'}) is in ${place}, not in the ${right}`);
  }
  return wrong;
}
