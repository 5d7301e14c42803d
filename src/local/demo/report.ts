import type { AlertSeen } from './look.ts';
import type { DemoFile, DemoResult } from './run-demo.ts';
import { kindOf, totalsOf } from './totals.ts';

/** Formats the result of the demo for people. */
export function report(result: DemoResult, { showsRules }: { readonly showsRules: boolean }): string {
  const { files, alerts, isolationBucket, recordKeys, metrics } = result;
  const { findings, outcomes } = totalsOf(files);
  const isolated = files.find((file) => file.isolatedAs !== undefined);
  return [
    table(files, showsRules),
    '',
    `Findings:  ${findings.total} (${listed(findings.byType)}; ${listed(findings.bySeverity)})`,
    `Outcomes:  ${listed(outcomes)}`,
    '',
    ...(isolated ? [`A copy:    s3://${isolationBucket}/${isolated.isolatedAs}`] : []),
    ...(recordKeys[0] === undefined ? [] : [`A record:  s3://${isolationBucket}/${recordKeys[0]}`]),
    '',
    ...alertLines(alerts),
    '',
    'Metrics that moved:',
    ...metrics.map((line) => `  ${line}`),
  ].join('\n');
}

const listed = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

function table(files: readonly DemoFile[], showsRules: boolean): string {
  const rows = files.map(({ name, findingType, severity, outcome, place, rule }) => [
    name,
    findingType === undefined ? 'clean' : kindOf(findingType),
    severity ?? '',
    outcome ?? '',
    ...(showsRules ? [rule ?? ''] : []),
    place,
  ]);
  const header = [
    'File',
    'Finding',
    'Severity',
    'Outcome',
    ...(showsRules ? ['Rule'] : []),
    'Where it is now',
  ];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Lists every subject, and one whole alert: as an e-mail and, if the alert is about a High finding, as an SMS. */
function alertLines(alerts: readonly AlertSeen[]): readonly string[] {
  const high = alerts.find(({ severity }) => severity === 'High');
  const subjects = alerts.map(({ subject }) => `  ${subject}`).toSorted();
  return [
    `Alerts (${alerts.length}), by subject:`,
    ...subjects,
    ...(high?.email === undefined ? [] : ['', 'One of them as an e-mail:', ...indented(high.email)]),
    ...(high?.sms === undefined ? [] : ['', 'and as an SMS:', ...indented(high.sms)]),
  ];
}

const indented = (text: string) => text.split('\n').map((line) => `  ${line}`.trimEnd());
